"""Measures spoken-name matching: right answers, decisions and times, beside rapidfuzz's own scorers.

Run: python -m benchmarks.matching [--data FOLDER] [--misses] [--small]
"""

import argparse
import csv
import gzip
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.made_queries import make_queries
from skill.catalog.matching import Match, ProductMatcher

ROOT = Path(__file__).parent.parent
OWN_DATA = ROOT / "tests" / "data" / "product_names"
LARGE = 200_000
RIVAL_QUERIES_LARGE = 20
MADE_QUERIES = 3_000
Names = list[tuple[str, str]]
Answer = Callable[[str], Match]


@dataclass(frozen=True)
class Query:
    """What was said and the product ids that are right."""

    said: str
    expected: frozenset[str]


@dataclass(frozen=True)
class Row:
    """One line of the table: shares of queries, and milliseconds at the median and the 95th percentile."""

    first: float
    three: float
    right: float
    wrong: float
    p50_ms: float
    p95_ms: float


def main() -> int:
    """Prints the table; 2 when the data folder is absent."""
    arguments = _arguments()
    folder = arguments.data / "product_names"
    if not (folder / "product_catalogue.csv.gz").is_file():
        print(f"No product_catalogue.csv.gz in {folder}: name the data folder by --data or RESTOCK_DATA.")
        return 2
    names, queries = read_names(folder), read_queries(folder / "product_queries_dev.jsonl")
    handwritten = read_queries(OWN_DATA / "handwritten.jsonl")
    matcher = compare(names, queries, len(queries))
    used = {product for query in queries for product in query.expected}
    made = [Query(found.said, found.expected) for found in make_queries(names, used, MADE_QUERIES)]
    _print_row("made from other names", judge(matcher.match, made))
    _print_row("handwritten here", judge(matcher.match, handwritten))
    print_not_sold(matcher)
    if arguments.misses:
        print_misses(matcher, [*queries, *handwritten], dict(names))
    if not arguments.small:
        print()
        compare(with_variants(names, LARGE), queries, RIVAL_QUERIES_LARGE)
    print("\nReproduce: python -m benchmarks.matching --data FOLDER (add --misses to see what went wrong)")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("RESTOCK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=default, help="folder that holds product_names/")
    parser.add_argument(
        "--misses", action="store_true", help="print the queries that were not answered rightly"
    )
    parser.add_argument("--small", action="store_true", help="leave out the large catalogue")
    return parser.parse_args()


def read_names(folder: Path) -> Names:
    """The catalogue as (product id, name)."""
    with gzip.open(folder / "product_catalogue.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [(row["product_id"], row["name"]) for row in csv.DictReader(file)]


def read_queries(path: Path) -> list[Query]:
    """One JSON object a line with query and expected."""
    objects = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Query(found["query"], frozenset(found["expected"])) for found in objects]


def with_variants(names: Names, size: int) -> Names:
    """The catalogue and made-up variants of its names that differ by one or two of its words."""
    choose = random.Random(1)
    printed = sorted({word for _, name in names for word in name.split()})
    result = list(names)
    while len(result) < size:
        changed = choose.choice(names)[1].split()
        for _ in range(choose.randint(1, 2)):
            place = choose.randrange(len(changed) + 1)
            changed[place : place + choose.randint(0, 1)] = [choose.choice(printed)]
        result.append((f"V{len(result):06d}", " ".join(changed)))
    return result


def compare(names: Names, queries: Sequence[Query], rival_queries: int) -> ProductMatcher:
    """Prints the matcher's row and those of rapidfuzz's scorers over the same names; returns the matcher."""
    start = time.perf_counter()
    matcher = ProductMatcher(names)
    built = time.perf_counter() - start
    print(f"{len(names):,} names, built in {built:.2f} s; {len(queries)} queries, scorers {rival_queries}")
    print(f"{'':24}{'top-1':>7}{'top-3':>7}{'acts':>7}{'wrong':>7}{'p50 ms':>9}{'p95 ms':>9}{'times':>7}")
    ours = judge(matcher.match, queries)
    _print_row("ProductMatcher", ours, 1.0)
    for name in ("WRatio", "token_set_ratio", "token_sort_ratio"):
        row = judge(scorer(names, name), queries[:rival_queries])
        _print_row(name, row, row.p50_ms / ours.p50_ms)
    return matcher


def scorer(names: Names, name: str) -> Answer:
    """The ten best names by one scorer of rapidfuzz over lower-case names; it never acts."""
    lowered = [printed.lower() for _, printed in names]
    judged_by = getattr(fuzz, name)

    def answer(said: str) -> Match:
        best = process.extract(said, lowered, scorer=judged_by, limit=10)
        return Match("ask", [(names[place][0], score / 100) for _, score, place in best])

    return answer


def judge(answer: Answer, queries: Sequence[Query]) -> Row:
    """Asks every query once, one at a time."""
    first = three = right = wrong = 0
    took: list[float] = []
    for query in queries:
        start = time.perf_counter()
        match = answer(query.said)
        took.append(1_000 * (time.perf_counter() - start))
        ids = [product for product, _ in match.candidates]
        hit = ids[:1] != [] and ids[0] in query.expected
        first += hit
        three += not query.expected.isdisjoint(ids[:3])
        right += hit and match.decision == "act"
        wrong += not hit and match.decision == "act"
    took.sort()
    count = len(queries)
    p50, p95 = took[count // 2], took[min(count - 1, int(count * 0.95))]
    return Row(first / count, three / count, right / count, wrong / count, p50, p95)


def _print_row(label: str, row: Row, ratio: float | None = None) -> None:
    shares = f"{row.first:7.3f}{row.three:7.3f}{row.right:7.3f}{row.wrong:7.3f}"
    times = f"{row.p50_ms:9.2f}{row.p95_ms:9.2f}" + (f"{ratio:7.1f}" if ratio is not None else "")
    print(f"{label:24}{shares}{times}")


def print_not_sold(matcher: ProductMatcher) -> None:
    """What is decided about requests for things that no name is about."""
    requests = (OWN_DATA / "not_sold.txt").read_text("utf-8").splitlines()
    decisions = [matcher.match(request).decision for request in requests]
    shares = ", ".join(f"{kind} {decisions.count(kind)}" for kind in ("act", "ask", "decline"))
    print(f"{len(requests)} requests for things not sold: {shares}")


def print_misses(matcher: ProductMatcher, queries: Sequence[Query], named: dict[str, str]) -> None:
    """Each query whose first candidate is not expected: the decision, what was wanted and the three found."""
    for query in queries:
        match = matcher.match(query.said)
        if match.candidates and match.candidates[0][0] in query.expected:
            continue
        wanted = " | ".join(named[product] for product in sorted(query.expected))
        found = " | ".join(f"{named[product]} {score:.2f}" for product, score in match.candidates[:3])
        print(f"{match.decision:8}{query.said}\n        wanted {wanted}\n        found  {found}")


if __name__ == "__main__":
    sys.exit(main())
