"""What a shopper says leads to the right product, to a question, or to a plain no."""

import csv
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.catalog.matching import MOST_CANDIDATES, Match, ProductMatcher

DATA = Path(__file__).parent.parent / "data" / "product_names"

PANTRY = [
    ("mug-red", "Red Spotted Coffee Mug"),
    ("mug-blue", "Blue Spotted Coffee Mug"),
    ("milk", "Whole Milk"),
    ("tissue", "Toilet Tissue 9 Rolls"),
    ("diaper-3", "Softbottom Diapers Size 3"),
    ("diaper-4", "Softbottom Diapers Size 4"),
    ("hanger", "Door Hanger for Mum"),
    ("spaceboy", "Spaceboy Lunch Box"),
    ("sheep", "Felt Farm Animal Sheep"),
    ("school", "School Paper"),
    ("office", "Office Paper"),
    ("wax", "Wax Paper"),
    ("cake", "Set of 36 Cake Cases"),
    ("sign", "Wall Art Bicycle Safety"),
    ("flour", "Plain Flour"),
    ("holder", "Hanging Heart T-Light Holder"),
]


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def extract() -> ProductMatcher:
    with (DATA / "names.csv").open(encoding="utf-8", newline="") as file:
        return ProductMatcher((row["product_id"], row["name"]) for row in csv.DictReader(file))


@pytest.fixture(scope="module")
def pantry() -> ProductMatcher:
    return ProductMatcher(PANTRY)


def first(match: Match) -> str:
    return match.candidates[0][0]


def judged(matcher: ProductMatcher, queries: list[dict[str, Any]]) -> dict[str, float]:
    """Shares of queries: the right one first, among three, acted on rightly, acted on wrongly."""
    counts = dict.fromkeys(("first", "three", "right", "wrong"), 0)
    for query in queries:
        match = matcher.match(query["query"])
        ids = [product for product, _ in match.candidates]
        right = bool(ids) and ids[0] in query["expected"]
        counts["first"] += right
        counts["three"] += not set(ids[:3]).isdisjoint(query["expected"])
        counts["right"] += right and match.decision == "act"
        counts["wrong"] += not right and match.decision == "act"
    return {name: count / len(queries) for name, count in counts.items()}


@pytest.mark.parametrize("queries", ["queries.jsonl", "handwritten.jsonl"])
def test_real_names_are_found_acted_on_and_not_mistaken(extract: ProductMatcher, queries: str) -> None:
    shares = judged(extract, lines(queries))
    assert shares["first"] >= 0.96
    assert shares["three"] >= 0.98
    assert shares["right"] >= 0.75
    assert shares["wrong"] == 0


def test_things_not_sold_are_not_acted_on_and_most_are_declined(extract: ProductMatcher) -> None:
    requests = (DATA / "not_sold.txt").read_text("utf-8").splitlines()
    decisions = [extract.match(request).decision for request in requests]
    assert decisions.count("act") <= 0.02 * len(requests)
    assert decisions.count("decline") >= 0.8 * len(requests)


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("red spotted coffee mug", "mug-red"),
        ("some whole milks please", "milk"),
        ("shep felt farm", "sheep"),
        ("space boy lunch box", "spaceboy"),
        ("spaceboy lunchbox", "spaceboy"),
        ("set of thirty six cake cases", "cake"),
        ("a set of 3 dozen cake cases", "cake"),
        ("plain flower", "flour"),
        ("hanging hart tea light holder", "holder"),
        ("loo roll", "tissue"),
        ("nappies size four", "diaper-4"),
        ("dore hanger for mum", "hanger"),
    ],
)
def test_everyday_ways_of_saying_a_name_are_acted_on(
    pantry: ProductMatcher, query: str, product: str
) -> None:
    match = pantry.match(query)
    assert (match.decision, first(match)) == ("act", product)


@pytest.mark.parametrize("query", ["paper", "spotted coffee mug", "diapers", "softbottom diapers"])
def test_a_request_that_several_products_answer_is_asked_about(pantry: ProductMatcher, query: str) -> None:
    assert pantry.match(query).decision == "ask"


def test_one_word_of_a_long_name_is_asked_about(pantry: ProductMatcher) -> None:
    match = pantry.match("a bicycle")
    assert (match.decision, first(match)) == ("ask", "sign")


@pytest.mark.parametrize("query", ["a trombone", "winter tyres", "coffee machine", "school uniform", "lilk"])
def test_what_fits_nothing_is_declined(pantry: ProductMatcher, query: str) -> None:
    assert pantry.match(query).decision == "decline"


def test_the_whole_name_wins_over_a_longer_one_that_holds_it() -> None:
    matcher = ProductMatcher([("set", "Red Cup and Saucer Set"), ("cup", "Red Cup")])
    match = matcher.match("red cup")
    assert (match.decision, first(match)) == ("act", "cup")


def test_exactly_one_own_product_settles_a_near_tie(pantry: ProductMatcher) -> None:
    for own in ("diaper-3", "diaper-4"):
        match = pantry.match("diapers", own={own, "milk"})
        assert (match.decision, first(match)) == ("act", own)


def test_two_own_products_lead_a_near_tie_and_are_asked_about(pantry: ProductMatcher) -> None:
    match = pantry.match("paper", own={"office", "wax"})
    assert match.decision == "ask"
    assert {product for product, _ in match.candidates[:2]} == {"office", "wax"}


def test_an_own_product_does_not_replace_a_better_answer(pantry: ProductMatcher) -> None:
    match = pantry.match("red spotted coffee mug", own=["mug-blue"])
    assert (match.decision, first(match)) == ("act", "mug-red")


def test_an_own_product_is_found_among_more_names_than_are_compared() -> None:
    matcher = ProductMatcher([(f"p{number}", f"Paper brand{number:03d}") for number in range(500)])
    match = matcher.match("paper", own=["p457"])
    assert (match.decision, first(match)) == ("act", "p457")


def test_an_own_product_is_not_acted_on_for_a_word_it_does_not_hold(pantry: ProductMatcher) -> None:
    assert pantry.match("a trombone", own=["milk"]).decision == "decline"


def test_two_products_of_one_name_are_asked_about_until_one_is_own() -> None:
    matcher = ProductMatcher([("a", "Brown Pencils"), ("b", "Brown Pencils")])
    assert matcher.match("brown pencils").decision == "ask"
    settled = matcher.match("brown pencils", own=["b"])
    assert (settled.decision, first(settled)) == ("act", "b")


def test_each_name_of_a_product_finds_it_and_it_is_listed_once() -> None:
    matcher = ProductMatcher([("d", "Baby Diapers"), ("w", "Baby Wipes"), ("d", "Windeln für Säuglinge")])
    for query in ("baby diapers", "windeln fuer saeuglinge", "Windeln für Säuglinge"):
        match = matcher.match(query)
        assert (match.decision, first(match)) == ("act", "d")
        assert [product for product, _ in match.candidates].count("d") == 1


@pytest.mark.parametrize(
    "query", ["Körbchen groß", "koerbchen gross", "KÖRBCHEN GROSS", "ko\u0308rbchen groß"]
)
def test_german_letters_match_however_they_are_written(query: str) -> None:
    match = ProductMatcher([("k", "Körbchen groß"), ("t", "Teller groß")]).match(query)
    assert (match.decision, match.candidates[0]) == ("act", ("k", 1.0))


def test_accents_do_not_matter() -> None:
    match = ProductMatcher([("j", "Jalapeño Peppers"), ("c", "Café Crème")]).match("cafe creme")
    assert (match.decision, first(match)) == ("act", "c")


def test_names_in_other_scripts_are_found() -> None:
    match = ProductMatcher([("h", "חלב טרי"), ("a", "Fresh Bread")]).match("חלב טרי")
    assert (match.decision, first(match)) == ("act", "h")


def test_given_synonyms_replace_the_built_in_ones() -> None:
    products = [("d", "Diapers"), ("t", "Toilet Tissue"), ("m", "Milk")]
    own_table = ProductMatcher(products, {"diapers": ["botty bags"], "toilet tissue": ["throne paper"]})
    assert first(own_table.match("throne paper")) == "t"
    assert own_table.match("botty bags").decision == "act"
    assert own_table.match("nappies").decision == "decline"
    assert ProductMatcher(products, {}).match("nappies").decision == "decline"
    assert ProductMatcher(products).match("nappies").decision == "act"


def test_a_number_tells_products_apart(pantry: ProductMatcher) -> None:
    match = pantry.match("softbottom diapers size three")
    assert (match.decision, first(match)) == ("act", "diaper-3")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "a",
        "please",
        "!!! ???",
        "🍼🧻🛒",
        "x" * 10_000,
        "zzz " * 5_000,
        "مناديل ورقية",
        "'; DROP TABLE product; --",
        "<speak><audio src='https://x.test/a.mp3'/></speak>",
        "\x00\ud800",
        "፩ hundred ² dozen",
    ],
)
def test_odd_text_is_declined(pantry: ProductMatcher, query: str) -> None:
    assert pantry.match(query).decision == "decline"


def test_a_long_query_is_cut_and_still_answered(pantry: ProductMatcher) -> None:
    assert first(pantry.match("whole milk " + "x" * 10_000)) == "milk"


@given(st.text(max_size=300), st.lists(st.text(max_size=5), max_size=3))
@settings(deadline=None, max_examples=200)
def test_any_text_gets_an_ordered_answer(query: str, own: list[str]) -> None:
    match = ProductMatcher([*PANTRY, ("odd", query)], {}).match(query, own)
    scores = [score for _, score in match.candidates]
    assert match.decision in {"act", "ask", "decline"}
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_names_with_markup_are_only_words() -> None:
    matcher = ProductMatcher([("s", "<speak>Tea</speak>'); DROP TABLE x"), ("e", "🧻"), ("n", "")])
    assert first(matcher.match("tea drop table")) == "s"


def test_an_empty_catalogue_declines() -> None:
    assert ProductMatcher([]).match("milk", own=["milk"]) == Match("decline", [])


def test_candidates_are_at_most_ten_even_when_declined() -> None:
    matcher = ProductMatcher([(str(number), f"Paper brand{number:03d}") for number in range(50)])
    assert len(matcher.match("paper").candidates) == MOST_CANDIDATES
    declined = matcher.match("paper unobtainium accordion")
    assert declined.decision == "decline"
    assert declined.candidates


def test_a_word_printed_in_most_names_of_a_large_catalogue_still_tells_apart() -> None:
    kinds = [start + end for start in "bdfglmnprst" for end in ("olo", "anti", "erim", "usk")]
    names = [f"Gift Box {one} {other}" for one, other in combinations(kinds, 2)]
    names = [f"{size} {name}" for size in ("Small", "Large", "Square") for name in names]
    matcher = ProductMatcher((name, name) for name in names)
    match = matcher.match("square gift box lolo tusk")
    assert (match.decision, first(match)) == ("act", "Square Gift Box lolo tusk")


def test_one_misspelled_word_is_asked_about() -> None:
    match = ProductMatcher([("d", "Diapers"), ("m", "Milk")]).match("dipers")
    assert (match.decision, first(match)) == ("ask", "d")


def test_words_that_tell_nothing_are_asked_about_only_when_they_are_the_name() -> None:
    matcher = ProductMatcher([("it", "It"), ("x", "It is in the Bag")])
    assert (matcher.match("it").decision, matcher.match("the").decision) == ("ask", "decline")


def test_many_threads_get_the_answers_of_one(extract: ProductMatcher) -> None:
    queries = [query["query"] for query in lines("queries.jsonl")] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(extract.match, queries)) == [extract.match(query) for query in queries]


def test_every_process_answers_alike() -> None:
    script = (
        "import csv, json, pathlib, sys\n"
        "from skill.catalog.matching import ProductMatcher\n"
        "data = pathlib.Path(sys.argv[1])\n"
        "rows = csv.DictReader((data / 'names.csv').open(encoding='utf-8'))\n"
        "matcher = ProductMatcher((row['product_id'], row['name']) for row in rows)\n"
        "for line in (data / 'queries.jsonl').open(encoding='utf-8'):\n"
        "    print(matcher.match(json.loads(line)['query'], own={'22846', '22233', 'N00115'}))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(DATA)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
