"""Measures `restock shop import` on the whole retail data set: time, memory and size of the database.

Run: python -m benchmarks.import_retail [--data FOLDER] [--database URL]
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import SQLModel

import skill.bootstrap  # noqa: F401 (every table model is known from here on)
from skill.shops.importing import Report, Request, import_files
from skill.storage.database import Database
from skill.storage.engine import make_engine, sqlite_file


def main() -> int:
    """Prints the figures of a first and of a repeated import; 2 when the data folder is absent."""
    arguments = _arguments()
    folder = arguments.data / "online_retail"
    request = Request(folder / "products.parquet", folder / "transactions.parquet", seller="Gift Shop")
    if not request.orders.is_file():
        print(f"No transactions.parquet in {folder}: name the data folder by --data or RESTOCK_DATA.")
        return 2
    print(f"Before the import: {_peak_mb():.0f} MB at most")
    with TemporaryDirectory(prefix="restock-import-") as place:
        database = Database(make_engine(arguments.database or f"sqlite:///{place}/import.db"))
        SQLModel.metadata.create_all(database.engine)
        for name in ("first", "repeated"):
            _measure(name, database, request)
        file = sqlite_file(database.engine)
        if file is not None:
            print(f"Database file: {file.stat().st_size / 1e6:.0f} MB")
        database.engine.dispose()
    print("Reproduce: python -m benchmarks.import_retail --data FOLDER")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("RESTOCK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=default, help="folder that holds online_retail/")
    parser.add_argument(
        "--database", help="import into this empty database instead of a temporary SQLite file"
    )
    return parser.parse_args()


def _measure(name: str, database: Database, request: Request) -> None:
    steps: dict[str, float] = {}
    start = time.perf_counter()
    report, _faults = import_files(database, request, datetime.now(UTC), _timing(steps))
    took = time.perf_counter() - start
    print(f"{name}: {_told(report)} in {took:.1f} s, {_peak_mb():.0f} MB at most")
    began = start
    for step, ended in steps.items():
        print(f"    {step:22}{ended - began:6.1f} s")
        began = ended
    sys.stdout.flush()


def _timing(steps: dict[str, float]) -> Callable[[str, int, int | None], None]:
    def tell(step: str, _done: int, _total: int | None) -> None:
        steps[step] = time.perf_counter()

    return tell


def _told(report: Report) -> str:
    return f"{report.products:,} products, {report.customers:,} customers, {report.new_orders:,} new orders"


def _peak_mb() -> float:
    """The most memory this process ever held (ru_maxrss is in KiB on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    sys.exit(main())
