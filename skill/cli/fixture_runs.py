"""Runs many fixtures, in several processes where that is faster, and keeps their order."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from skill.cli.worlds import FixtureWorlds, fill_reference_tables, fixture_worlds, own_model
from skill.simulator.fixture_cases import Fixture
from skill.simulator.fixtures import FixtureHost, Outcome, outcome

WORTH_A_POOL_S = 4.0
"""Fewer seconds of work than this are done in this process."""
WORLD_S, SENTENCE_S = 0.05, 0.001
"""About what a fixture in a world takes, and a sentence that only needs a model; to tell small from large."""
MOST_PROCESSES = 8
CHUNK_S = 0.8

_host: FixtureHost | None = None
_stack = ExitStack()


def run_all(fixtures: Sequence[Fixture], examine: Callable[[Fixture], Outcome]) -> list[Outcome]:
    """The outcome of each fixture in order, with the seconds it took. Raises FixtureError."""
    found = []
    for fixture in fixtures:
        began = time.perf_counter()
        told = examine(fixture)
        found.append(replace(told, seconds=time.perf_counter() - began))
    return found


def run_in_worlds(fixtures: Sequence[Fixture], jobs: int | None = None) -> list[Outcome]:
    """The outcome of each fixture on our own skill, in order, by `jobs` processes (None: as many as help).

    Only Linux forks safely enough to share what is compiled; elsewhere one process does it all. Raises
    FixtureError.
    """
    processes = _processes(fixtures) if jobs is None else jobs
    if processes < 2 or sys.platform != "linux":
        with fixture_worlds() as worlds:
            return run_all(fixtures, partial(outcome, host=worlds))
    for locale in {step.locale or fixture.locale for fixture in fixtures for step in fixture.steps}:
        own_model(locale)  # before the fork, so that all share it
    with TemporaryDirectory(prefix="restock-fixtures-", ignore_cleanup_errors=True) as folder:
        reference = Path(folder) / "reference.db"
        if not all(fixture.only_understanding for fixture in fixtures):
            fill_reference_tables(reference)
        chunks = _chunks(fixtures)
        with ProcessPoolExecutor(
            processes, multiprocessing.get_context("fork"), _begin, (Path(folder), reference)
        ) as pool:
            done = list(pool.map(_run_chunk, [[fixtures[number] for number in chunk] for chunk in chunks]))
    found = {
        number: each
        for chunk, part in zip(chunks, done, strict=True)
        for number, each in zip(chunk, part, strict=True)
    }
    return [found[number] for number in range(len(fixtures))]


def _processes(fixtures: Sequence[Fixture]) -> int:
    work = sum(_cost(fixture) for fixture in fixtures)
    return min(os.cpu_count() or 1, MOST_PROCESSES) if work > WORTH_A_POOL_S else 1


def _cost(fixture: Fixture) -> float:
    return SENTENCE_S if fixture.only_understanding else WORLD_S * len(fixture.steps)


def _chunks(fixtures: Sequence[Fixture]) -> list[list[int]]:
    """Numbers of fixtures in pieces of about the same work, one world after the other."""
    order = sorted(
        range(len(fixtures)),
        key=lambda number: (
            fixtures[number].only_understanding,
            fixtures[number].world,
            fixtures[number].now,
        ),
    )
    chunks: list[list[int]] = []
    work = CHUNK_S
    for number in order:
        if work >= CHUNK_S:
            chunks.append([])
            work = 0.0
        chunks[-1].append(number)
        work += _cost(fixtures[number])
    return chunks


def _begin(folder: Path, reference: Path) -> None:
    """In a new process: its own worlds, in a folder of its own below the one that the parent removes."""
    global _host
    own = folder / str(os.getpid())
    own.mkdir()
    _host = FixtureWorlds(own, reference if reference.exists() else None)


def _run_chunk(fixtures: Sequence[Fixture]) -> list[Outcome]:
    assert _host is not None  # _begin ran first
    return run_all(fixtures, partial(outcome, host=_host))
