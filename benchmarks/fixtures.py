"""Measures how many fixture sentences a second run: those that a model alone answers, and those in a world.

Run: python -m benchmarks.fixtures [COUNT]
The sentences are samples of our English model with values put in, COUNT of them (5,000 if not given) written
to a TOML file, and our own spoken fixtures below tests. Reading of the files and compiling of the model are
included, in as many processes as `restock fixtures` would take. Rates are of processor time, all processes
together, so that other load does not count; the clock on the wall is told too.
"""

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.understanding_data import cases
from skill.bootstrap import interaction_model
from skill.cli.fixture_hosts import read_fixtures
from skill.cli.fixture_runs import run_in_worlds
from skill.cli.fixtures import FIXTURE_FOLDERS
from skill.understanding.model import read_model

COUNT, SEED = 5_000, 1


def written(folder: Path, count: int) -> Path:
    """A TOML file of so many cases, each a sentence with the intent of its sample."""
    made = list(cases(read_model(interaction_model("en-US")), random.Random(SEED)))
    found = [made[number % len(made)] for number in range(count)]
    path = folder / "sentences.en.toml"
    tables = (
        f"[[case]]\nsay = {json.dumps(each.text)}\nintent = {json.dumps(each.intent)}\n" for each in found
    )
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def measure(name: str, paths: Sequence[Path]) -> None:
    """Run the files and print how long it took."""
    began, worked = time.perf_counter(), _worked()
    fixtures = read_fixtures(paths, None)
    outcomes = run_in_worlds(fixtures)
    seconds, work = time.perf_counter() - began, _worked() - worked
    turns = sum(len(fixture.steps) for fixture in fixtures)
    failed = sum(outcome.failure is not None for outcome in outcomes)
    print(
        f"{name:24} {len(fixtures):6} fixtures  {turns:6} sentences  {failed:5} differ  "
        f"{seconds:6.1f} s  {work:6.1f} s of work  {turns / work:6.0f} a second of work"
    )


def _worked() -> float:
    """Processor seconds of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def main(arguments: Sequence[str]) -> None:
    """Print both lines."""
    with TemporaryDirectory(prefix="restock-bench-") as folder:
        measure("the model alone", [written(Path(folder), int(arguments[0]) if arguments else COUNT)])
    measure("our own, most in a world", [path for path in FIXTURE_FOLDERS if path.is_dir()])


if __name__ == "__main__":
    main(sys.argv[1:])
