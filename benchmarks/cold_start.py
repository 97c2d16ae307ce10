"""What a cold start on AWS Lambda costs: imports and the first turn, each in fresh processes.

    .venv/bin/python benchmarks/cold_start.py [--runs N]

Prints milliseconds of processor time, the fastest of several runs: what the code costs, not its neighbours.
The demand: importing the handler takes at most 1.25 times what importing ask-sdk-core, sqlmodel and the
project's table models takes alone. Bytecode is compiled before the first measured run, as it is in a
deployed package. Without SnapStart a shopper waits for all of it; with it, for the first turn at most.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEMAND = 1.25
SDK = "import ask_sdk_core.skill_builder"
SQLMODEL = "import sqlmodel"
HANDLER = "import skill.lambda_handler"
ALONE = "ask-sdk-core, sqlmodel and the table models"
TIMED = """
import sys, time
started = time.process_time()
{code}
sys.stdout.write(str((time.process_time() - started) * 1000))
"""
BARE = "import sys, time; sys.stdout.write(str(time.process_time() * 1000))"
LIST_MODELS = """
import sys, skill.lambda_handler
from sqlmodel import SQLModel
tables = {mapper.class_.__module__ for mapper in SQLModel._sa_registry.mappers}
sys.stdout.write(" ".join(sorted(tables)))
"""
PREPARE = """
import os
from skill import bootstrap, settings
from skill.storage import schema
from skill.storage.engine import make_engine
chosen = settings.load(os.environ)
schema.upgrade(make_engine(chosen.database_url))
bootstrap.seed_demo(bootstrap.build(chosen))
"""
TURNS = """
import json, os, sys, time
from skill.bootstrap import OFFLINE_USER
from skill.lambda_handler import handler
def request(kind, number, **more):
    application = {"applicationId": sys.argv[1]}
    system = {"application": application, "user": {"userId": OFFLINE_USER}}
    session = {"new": True, "sessionId": "s", "application": application, "attributes": {}}
    asked = {"type": kind, "requestId": f"r{os.getpid()}.{number}", "locale": "en-US", **more}
    return {"version": "1.0", "session": session, "context": {"System": system}, "request": asked}
events = [request("LaunchRequest", 1), request("IntentRequest", 2, intent={"name": "ReorderUsualIntent"})]
times = []
for event in (*events, request("LaunchRequest", 3)):
    started = time.process_time()
    answer = handler(event, None)
    times.append((time.process_time() - started) * 1000)
    assert not answer["response"]["shouldEndSession"], answer
sys.stdout.write(json.dumps(times))
"""


def main() -> int:
    """Measure, print, and return 1 when the demand is missed."""
    parser = argparse.ArgumentParser(description="Import and first-turn times of the Lambda handler.")
    parser.add_argument("--runs", type=int, default=9, help="fresh processes for each row (default 9)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        return report(Machine(Path(folder)), runs)


class Machine:
    """Runs code in fresh interpreters that share a bytecode cache and a database in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.skill_id = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RESTOCK"))
        }
        self.environ = kept | {
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
            "PYTHONWARNINGS": "ignore",
            "RESTOCK_ENV": "production",
            "RESTOCK_SKILL_ID": self.skill_id,
            "RESTOCK_DATABASE_URL": f"sqlite:///{folder}/restock.db",
        }

    def run(self, code: str) -> str:
        """What the code writes to standard output."""
        command = [sys.executable, "-c", code, self.skill_id]
        return subprocess.run(
            command, env=self.environ, check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout

    def times(self, codes: dict[str, str], runs: int) -> dict[str, float]:
        """Milliseconds that each piece of code takes; the pieces take turns, so that load hits all alike."""
        found: dict[str, list[float]] = {name: [] for name in codes}
        for _ in range(runs):
            for name, code in codes.items():
                found[name].append(float(self.run(TIMED.format(code=code))))
        return {name: min(values) for name, values in found.items()}


def line(name: str, value: float) -> None:
    """Print one row."""
    print(f"  {name:<55}{value:8.1f} ms")


def report(machine: Machine, runs: int) -> int:
    """Print every row; returns the exit code."""
    machine.run(PREPARE)
    machine.run(TURNS)
    modules = machine.run(LIST_MODELS).split()
    models = "\n".join(f"import {name}" for name in modules)
    alone = f"{SDK}\n{SQLMODEL}\n{models}"
    rows = {
        "ask-sdk-core": SDK,
        "sqlmodel": SQLMODEL,
        "ask-sdk-core and sqlmodel": f"{SDK}\n{SQLMODEL}",
        ALONE: alone,
        "skill.lambda_handler": HANDLER,
    }
    times = machine.times(rows, runs)
    base, full = times[ALONE], times["skill.lambda_handler"]
    print(f"Python {sys.version.split()[0]}, fastest of {runs} fresh processes, {len(modules)} model modules")
    line("bare python, the whole process", min(float(machine.run(BARE)) for _ in range(runs)))
    for name, value in times.items():
        line(f"import {name}", value)
    line("of it the table models", base - times["ask-sdk-core and sqlmodel"])
    turns = [json.loads(machine.run(TURNS)) for _ in range(runs)]
    first, order, again = (min(column) for column in zip(*turns, strict=True))
    line("first turn (build the program, then a launch)", first)
    line("second turn (first reorder, loads the catalogue)", order)
    line("third turn (a launch)", again)
    print(f"ratio of the imports {full / base:.2f} (demand: at most {DEMAND})")
    print(f"ratio of the imports and the first turn {(full + first) / base:.2f}")
    return 0 if full <= DEMAND * base else 1


if __name__ == "__main__":
    sys.exit(main())
