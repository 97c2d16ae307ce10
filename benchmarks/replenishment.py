"""Measures the usual, the need date and the reminder on other households than the priors were learned from.

Data: Complete Journey (grocery, 2017), product level; a basket is all lines of one household on one day. The
households are split in two by number; each half is measured with priors fitted on the other half's rows
before the first cut, so nothing of a household, and nothing later, is in what judges it. Cuts: 2017-08-01,
10-01, 12-01. Nothing on or after the cut reaches a model; it orders personal products only.

- usual: households with at least 4 baskets before the cut whose next one comes within 30 days; asked on the
  day of that basket. Recall@10 of the basket, NDCG@10 with the ideal over min(10, basket), PHR@10.
- date: on up to 4 days a household from the first cut until 90 days before the end, each product bought that
  day and on at least 3 days in all. Errors over those bought again within 90 days; "in 3 d" is their share
  within three days. Confidence: the surest tenth of all, a lapsed product counted as a miss. Coverage: share
  of the purchases that came which fall in `interval`, meant to be .50.
- reminder: products bought on at least 3 days before the cut; true when bought in the 7 days from the cut.
  P@1: first of each list; the best 1 % and 5 % are of all pairs of all households.
- time: CPU milliseconds of the calling thread for each call of the two questions above, whole histories.

Run: python -m benchmarks.replenishment [FOLDER] [--share 1.0] [--check]
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import log2
from pathlib import Path
from statistics import fmean, median, quantiles

from benchmarks.replenishment_peers import BgNbd, Frequency, History, MeanInterval, Peer, TifuKnn
from skill.orders.replenishment import Priors, fit, interval, predict, usual
from skill.orders.replenishment_timing import Tally, tally

CUTS = (date(2017, 8, 1), date(2017, 10, 1), date(2017, 12, 1))
LAST = date(2017, 12, 31)
NEXT_DAYS, WEEK, FOLLOWED_DAYS = 30, 7, 90
FEWEST_BASKETS, FEWEST_PURCHASES, VISITS = 4, 3, 4
Households = dict[int, History]


@dataclass
class Answers:
    """What one household was told: products in order, and by product days until due and the claim."""

    order: list[int]
    scores: dict[int, float]
    due: dict[int, tuple[int, float]] = field(default_factory=dict)


@dataclass
class Row:
    """Everything measured of one model."""

    recalls: list[float] = field(default_factory=list)
    gains: list[float] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    claims: list[tuple[float, bool]] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    firsts: list[bool] = field(default_factory=list)
    pairs: list[tuple[float, bool]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


class Ours:
    """The product's own functions, with priors or without."""

    def __init__(self, priors: Priors | None) -> None:
        """Keeps the priors for every call."""
        self.priors = priors

    def usual(self, rows: History, now: date) -> Answers:
        """The answer of `usual`."""
        found = [(key, score) for key, _, score, _ in usual(rows, now, self.priors) if isinstance(key, int)]
        return Answers([key for key, _ in found], dict(found))

    def predict(self, rows: History, now: date) -> Answers:
        """The answer of `predict`."""
        found = [row for row in predict(rows, now, self.priors) if isinstance(row[0], int)]
        order = [key for key, *_ in found if isinstance(key, int)]
        scores = dict(zip(order, (score for _, _, score, _ in found), strict=True))
        due = zip(order, (((day - now).days, claim) for _, day, _, claim in found), strict=True)
        return Answers(order, scores, dict(due))


class Theirs:
    """A peer behind the same two questions."""

    def __init__(self, peer: Peer, household: int) -> None:
        """One peer asked about one household."""
        self.peer, self.household = peer, household

    def usual(self, rows: History, now: date) -> Answers:
        """The peer's order; equal scores keep the order of first purchase."""
        found = tally(rows, now)
        scores = self.peer.scores(self.household, found)
        due = self.peer.days(found) or {}
        days = {key: (max(1, round(gap)) - _since(found, key), 0.0) for key, gap in due.items()}
        return Answers(sorted(scores, key=lambda key: -scores[key]), scores, days)

    predict = usual


def main() -> int:
    """Prints the table; 2 without the data, 1 when a target is missed and `--check` was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    default = os.environ.get("RESTOCK_DATA", "../shared/data")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--share", type=float, default=1.0, help="measure this share of the households")
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    arguments = parser.parse_args()
    file = arguments.folder / "complete_journey" / "transactions.parquet"
    if not file.is_file():
        print(f"No {file}: name the folder that holds complete_journey/ as argument or in RESTOCK_DATA.")
        return 2
    households = read(file)
    gc.freeze()  # a million rows of other households would be swept in the middle of a measured call
    rows = measure(households, arguments.share, peers=not arguments.ours)
    gc.unfreeze()
    print_table(rows)
    missed = missed_targets(rows["ours, with priors"])
    print("\nAll targets met." if not missed else "\nMissed: " + "; ".join(missed))
    return 1 if missed and arguments.check else 0


def read(file: Path) -> Households:
    """Lines by household, oldest first."""
    import duckdb  # the extra `parquet`; only needed once the data is there

    query = (
        "select household_id, cast(ts as date), product_id, sum(quantity)::int from read_parquet(?) "
        "group by all order by 1, 2, 3"
    )
    households: dict[int, list[tuple[date, int, int]]] = {}
    for household, day, product, quantity in duckdb.execute(query, [str(file)]).fetchall():
        households.setdefault(household, []).append((day, product, quantity))
    return dict(households)


def measure(households: Households, share: float, peers: bool) -> dict[str, Row]:
    """Every model's row; each half of the households is measured with what the other half taught."""
    table: dict[str, Row] = {}
    for half in (0, 1):
        tested = [number for number in households if _mixed(number) % 2 == half]
        tested = tested[: round(len(tested) * share)]
        taught = [_before(households[number], CUTS[0]) for number in households if _mixed(number) % 2 != half]
        started = time.perf_counter()
        priors = fit(taught)
        print(f"half {half}: fitted on {len(taught)} households in {time.perf_counter() - started:.1f} s")
        for name, model in (("ours, with priors", Ours(priors)), ("ours, without", Ours(None))):
            judge_all(table.setdefault(name, Row()), model, [households[number] for number in tested])
        if peers:
            measure_peers(table, households, tested)
    return table


def judge_all(row: Row, model: Ours | Theirs, tested: list[History]) -> None:
    """Adds what is judged of each household at every cut."""
    for rows in tested:
        for cut in CUTS:
            judge_usual(row, model, rows, cut)
            judge_reminder(row, model, rows, cut)
        judge_dates(row, model, rows)


def measure_peers(table: dict[str, Row], households: Households, tested: list[int]) -> None:
    """The peers know every household up to the cut, which flatters them: TIFU-KNN needs neighbours."""
    for cut in CUTS:
        known = {number: _before(rows, cut) for number, rows in households.items()}
        known = {number: rows for number, rows in known.items() if rows}
        models: dict[str, Peer] = {
            "top frequency": Frequency(),
            "mean interval": MeanInterval(),
            "TIFU-KNN": TifuKnn(known, cut),
            "BG/NBD": BgNbd(known, cut),
        }
        for name, peer in models.items():
            row = table.setdefault(name, Row())
            for number in (number for number in tested if number in known):
                judge_peer(row, Theirs(peer, number), households[number], cut)


def judge_peer(row: Row, model: Theirs, rows: History, cut: date) -> None:
    """Adds one household for a peer; of the peers only the mean interval names dates."""
    judge_usual(row, model, rows, cut)
    judge_reminder(row, model, rows, cut)
    if cut == CUTS[0] and isinstance(model.peer, MeanInterval):
        judge_dates(row, model, rows)


def judge_usual(row: Row, model: Ours | Theirs, rows: History, cut: date) -> None:
    """Adds the next basket of one household after one cut."""
    before = _before(rows, cut)
    following = next((when for when, _, _ in rows if when >= cut), None)
    baskets = len({when for when, _, _ in before})
    if baskets < FEWEST_BASKETS or following is None or (following - cut).days > NEXT_DAYS:
        return
    basket = {key for when, key, _ in rows if when == following}
    started = time.thread_time()
    top = model.usual(before, following).order[:10]
    row.milliseconds.append((time.thread_time() - started) * 1000)
    gain = sum(1 / log2(place + 2) for place, key in enumerate(top) if key in basket)
    ideal = sum(1 / log2(place + 2) for place in range(min(10, len(basket))))
    row.recalls.append(len(basket & set(top)) / len(basket))
    row.gains.append(gain / ideal)
    row.found.append(bool(basket & set(top)))


def judge_reminder(row: Row, model: Ours | Theirs, rows: History, cut: date) -> None:
    """Adds the pairs of one household at one cut."""
    before = _before(rows, cut)
    if not before:
        return
    counts = _counts(before)
    bought = {key for when, key, _ in rows if cut <= when < cut + timedelta(days=WEEK)}
    started = time.thread_time()
    answers = model.predict(before, cut)
    row.milliseconds.append((time.thread_time() - started) * 1000)
    pairs = [(answers.scores[key], key in bought) for key in answers.order if counts[key] >= FEWEST_PURCHASES]
    row.pairs += pairs
    row.firsts += [hit for _, hit in pairs[:1]]


def judge_dates(row: Row, model: Ours | Theirs, rows: History) -> None:
    """Adds the products bought on some days of one household."""
    end = LAST - timedelta(days=FOLLOWED_DAYS)
    days = sorted({when for when, _, _ in rows if CUTS[0] <= when < end})
    for day in days[:: max(1, len(days) // VISITS)][:VISITS]:
        before = _before(rows, day + timedelta(days=1))
        counts = _counts(before)
        today = {key for when, key, _ in before if when == day and counts[key] >= FEWEST_PURCHASES}
        answers = model.predict(before, day).due
        for key in sorted(today):
            following = next((when for when, other, _ in rows if other == key and when > day), None)
            gap = (following - day).days if following else FOLLOWED_DAYS + 1
            due, claim = answers[key]
            row.claims.append((claim, abs(due - gap) <= 3))
            if following is None or gap > FOLLOWED_DAYS:
                continue
            row.errors.append(abs(due - gap))
            if isinstance(model, Ours):
                found = interval(before, key, day, model.priors)
                row.covered.append(found is not None and found[0] <= following <= found[1])


def print_table(rows: dict[str, Row]) -> None:
    """The table in Markdown, then times."""
    print(
        "\n| model | usual R@10 / NDCG / PHR | date MdAE / MAE / in 3 d | surest tenth: hit / claim | ",
        end="",
    )
    print("half window | reminder P@1 / top 1 % / top 5 % |\n| --- | --- | --- | --- | --- | --- |")
    for name, row in rows.items():
        usual_cell = _shares(fmean(row.recalls), fmean(row.gains), fmean(row.found))
        cells = [name, usual_cell, _dates(row), _shares(*surest(row)) if row.covered else ""]
        cells += [_shares(fmean(row.covered)) if row.covered else ""]
        cells += [_shares(fmean(row.firsts), top_share(row, 0.01), top_share(row, 0.05))]
        print("| " + " | ".join(cells) + " |")
    row = rows["ours, with priors"]
    print(
        f"\n{len(row.recalls)} baskets, {len(row.claims)} dates, {len(row.pairs)} pairs, base rate ", end=""
    )
    print(f"{fmean(hit for _, hit in row.pairs):.3f}, bought again {len(row.errors) / len(row.claims):.3f}")
    for name, row in rows.items():
        cuts = quantiles(row.milliseconds, n=20)
        print(f"{name}: CPU ms a call p50 {cuts[9]:.1f}, p95 {cuts[18]:.1f}, max {max(row.milliseconds):.1f}")


def missed_targets(row: Row) -> list[str]:
    """The targets that were not met, in words."""
    hit, claim = surest(row)
    figures: list[tuple[str, float, float]] = [
        ("usual Recall@10", fmean(row.recalls), 0.146),
        ("usual NDCG@10", fmean(row.gains), 0.220),
        ("date median error", -median(row.errors), -10),
        ("date mean error", -fmean(row.errors), -15.5),
        ("date within 3 days", fmean(error <= 3 for error in row.errors), 0.21),
        ("surest tenth", hit, 0.45),
        ("surest tenth off its claim", -abs(hit - claim), -0.05),
        ("reminder first", fmean(row.firsts), 0.275),
        ("reminder best 1 %", top_share(row, 0.01), 0.65),
        ("p95 ms", -quantiles(row.milliseconds, n=20)[18], -10),
    ]
    return [
        f"{name} {abs(value):.3f} (target {abs(bar)})" for name, value, bar in figures if value < bar - 1e-9
    ]


def surest(row: Row) -> tuple[float, float]:
    """Hits and mean claim of the tenth with the highest claims."""
    tenth = sorted(row.claims, key=lambda pair: -pair[0])[: max(1, len(row.claims) // 10)]
    return fmean(hit for _, hit in tenth), fmean(claim for claim, _ in tenth)


def top_share(row: Row, share: float) -> float:
    """Share bought among the best `share` of all pairs."""
    best = sorted(row.pairs, key=lambda pair: -pair[0])[: max(1, round(len(row.pairs) * share))]
    return fmean(hit for _, hit in best)


def _dates(row: Row) -> str:
    if not row.errors:
        return ""
    near = fmean(error <= 3 for error in row.errors)
    return f"{median(row.errors):g} / {fmean(row.errors):.1f} / {near:.3f}"


def _shares(*values: float) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def _mixed(number: int) -> int:
    return number * 2654435761 >> 7


def _before(rows: History, cut: date) -> Sequence[tuple[date, int, int]]:
    return [row for row in rows if row[0] < cut]


def _counts(rows: History) -> dict[int, int]:
    counts: dict[int, int] = {}
    for key in (key for _, key in {(when, key) for when, key, _ in rows}):
        counts[key] = counts.get(key, 0) + 1
    return counts


def _since(found: Tally, key: int) -> int:
    return found.now - found.products[key][-1][0]


if __name__ == "__main__":
    sys.exit(main())
