"""Checks the demo shop's data files: complete, consistent, speakable, and of invented brands only."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

Record = dict[str, Any]
Schema = Mapping[str, type[Any]]

FOLDER = files("skill").joinpath("shops", "demo_data")
PRODUCT_FILES = ("baby", "paper_and_cleaning", "pantry", "fresh", "drinks", "personal_care", "pets")
LANGUAGES = ("", "_de")
DIAPER_SIZES = ["newborn", "1", "2", "3", "4", "5", "6", "7"]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SKU = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
SPEAKABLE = re.compile(r"[A-Za-zÄÖÜäöüß0-9 ,.'&-]+")
LONGEST_NAME = 140  # the longest value Alexa's custom slot types take

PRODUCT_KEYS: Schema = {
    "id": str,
    "brand": str,
    "name": str,
    "name_de": str,
    "need": str,
    "seller": str,
    "tax": str,
    "synonyms": list,
    "synonyms_de": list,
    "sku": list,
}
SKU_KEYS: Schema = {
    "sku": str,
    "name": str,
    "name_de": str,
    "pack_size": int,
    "pack_unit": str,
    "price_cents": int,
    "stock": int,
}
SKU_OPTIONS: Schema = {"size": str, "weight_min_g": int, "weight_max_g": int, "mixing": dict}
MIXING_KEYS: Schema = {
    "water_ml_per_scoop": int,
    "scoop_dg": int,
    "yield_ml_per_pack": int,
    "label_revision": str,
    "note": str,
    "note_de": str,
}
NEED_KEYS: Schema = {
    "name": str,
    "one": str,
    "name_de": str,
    "one_de": str,
    "synonyms": list,
    "synonyms_de": list,
}
REWARD_KEYS: Schema = {
    "id": str,
    "name": str,
    "name_de": str,
    "points": int,
    "kind": str,
    "synonyms": list,
    "synonyms_de": list,
}
PACK_UNITS = {"count", "ml", "g", "roll", "sheet", "load"}

# Brands that a shopper would know, of every shelf that the demo shop has: none may appear in the data.
REAL_BRANDS = re.compile(
    r"""(?<![\w-])(
        pampers | huggies | luvs | similac | enfamil | gerber | aptamil | nestle | hipp | desitin |
        aquaphor | johnson's | avent | nuk | charmin | cottonelle | scott | kleenex | tempo | zewa |
        bounty | brawny | tide | persil | ariel | downy | lenor | clorox | lysol | dawn | fairy |
        palmolive | cascade | somat | windex | swiffer | glad | hefty | ziploc | reynolds | duracell |
        energizer | varta | philips | osram | barilla | buitoni | heinz | hellmann's | kraft |
        campbell's | kellogg's | cheerios | quaker | oreo | pringles | lay's | doritos | nutella |
        skippy | jif | haribo | hershey's | milka | lindt | snickers | maggi | knorr | philadelphia |
        danone | oatly | alpro | folgers | starbucks | nespresso | nescafe | jacobs | lavazza | lipton |
        twinings | evian | perrier | coca-cola | coke | pepsi | sprite | fanta | tropicana | gatorade |
        dove | nivea | pantene | colgate | crest | sensodyne | listerine | gillette | wilkinson |
        band-aid | hansaplast | q-tips | tampax | purell | coppertone | purina | pedigree | whiskas |
        friskies | iams
    )(?![\w-])""",
    re.VERBOSE,
)


def load(name: str) -> Record:
    """The parsed TOML file of that name, without its suffix."""
    return tomllib.loads(FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


SHOP = load("shop")
NEEDS: dict[str, Record] = load("needs")["needs"]
PRODUCTS: list[Record] = [product for name in PRODUCT_FILES for product in load(name)["product"]]
SKUS: dict[str, Record] = {sku["sku"]: sku for product in PRODUCTS for sku in product["sku"]}
PRODUCT_OF: dict[str, Record] = {sku["sku"]: product for product in PRODUCTS for sku in product["sku"]}


def repeated(values: Iterable[str]) -> list[str]:
    """The values that occur more than once, letter case aside."""
    return [value for value, times in Counter(map(str.casefold, values)).items() if times > 1]


def misfits(record: Record, required: Schema, optional: Schema | None = None) -> list[str]:
    """What keeps a record from its schema: absent, unknown, wrongly typed or empty keys."""
    known = {**required, **(optional or {})}
    absent = [f"{key} absent" for key in required if key not in record]
    wrong = [
        f"{key} = {value!r}"
        for key, value in record.items()
        if key not in known or type(value) is not known[key] or value in ("", {})
    ]
    return absent + wrong


def named_records() -> Iterator[Record]:
    """Everything with a name that is read aloud in both languages."""
    yield from PRODUCTS
    yield from SKUS.values()
    yield from NEEDS.values()
    yield from SHOP["seller"]
    yield from SHOP["reward"]


def spoken_words(language: str) -> Iterator[str]:
    """Every name and synonym of one language ("" is English)."""
    for record in named_records():
        yield record[f"name{language}"]
        yield from record.get(f"synonyms{language}", [])
    yield from (need[f"one{language}"] for need in NEEDS.values())
    yield from (address[f"label{language}"] for address in SHOP["seed"]["address"])
    yield SHOP["seed"]["payment"][f"label{language}"]


def need_words(need: Record, language: str) -> list[str]:
    """The words that mean this need in one language, lower case; its singular may equal its plural."""
    synonyms: list[str] = need[f"synonyms{language}"]
    names = dict.fromkeys([need[f"name{language}"].casefold(), need[f"one{language}"].casefold()])
    return [*names, *synonyms]


def order_lines() -> Iterator[tuple[int, Record]]:
    """(days ago, line) of every line of the seeded orders."""
    for order in SHOP["seed"]["order"]:
        for line in order["lines"]:
            yield order["days_ago"], line


def test_every_toml_file_of_the_folder_is_known() -> None:
    found = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".toml")}
    assert found == {f"{name}.toml" for name in (*PRODUCT_FILES, "needs", "opinions", "shop")}


def test_every_record_fits_its_schema() -> None:
    wrong = {
        product["id"]: misfits(product, PRODUCT_KEYS, {"allergens": list, "free_from": list, "kind": str})
        for product in PRODUCTS
    }
    wrong |= {code: misfits(sku, SKU_KEYS, SKU_OPTIONS) for code, sku in SKUS.items()}
    wrong |= {slug: misfits(need, NEED_KEYS) for slug, need in NEEDS.items()}
    wrong |= {
        reward["id"]: misfits(reward, REWARD_KEYS, {"value_cents": int, "sku": str})
        for reward in SHOP["reward"]
    }
    assert {name: faults for name, faults in wrong.items() if faults} == {}


def test_the_shop_has_about_three_hundred_things_to_sell() -> None:
    assert 280 <= len(PRODUCTS) <= 360
    assert len(SKUS) >= 300
    assert len(NEEDS) >= 90


def test_ids_skus_and_names_are_unique() -> None:
    every_sku = [sku for product in PRODUCTS for sku in product["sku"]]
    assert repeated(product["id"] for product in PRODUCTS) == []
    for key in ("name", "name_de"):
        assert repeated(product[key] for product in PRODUCTS) == []
    for key in ("sku", "name", "name_de"):
        assert repeated(sku[key] for sku in every_sku) == []


def test_ids_are_slugs_and_skus_are_capitals_digits_and_dashes() -> None:
    slugs = [product["id"] for product in PRODUCTS] + list(NEEDS)
    slugs += [record["id"] for key in ("seller", "reward") for record in SHOP[key]]
    assert [slug for slug in slugs if not SLUG.fullmatch(slug)] == []
    assert [code for code in SKUS if not SKU.fullmatch(code)] == []


def test_names_begin_with_the_brand_and_packs_with_the_product() -> None:
    for product in PRODUCTS:
        for key in ("name", "name_de"):
            assert product[key].startswith(f"{product['brand']} ")
            assert all(sku[key].startswith(product[key]) for sku in product["sku"])


def test_every_need_has_products_and_every_product_a_need() -> None:
    assert {product["need"] for product in PRODUCTS} == set(NEEDS)


def test_sellers_are_two_and_both_sell() -> None:
    sellers = [seller["id"] for seller in SHOP["seller"]]
    assert len(sellers) == 2
    assert sellers[0] == "corner-shop"
    assert {product["seller"] for product in PRODUCTS} == set(sellers) == set(SHOP["delivery"])


def test_tax_classes_are_the_ones_of_the_shop() -> None:
    assert {f"{product['tax']}_bp" for product in PRODUCTS} == set(SHOP["tax"])
    assert all(type(rate) is int and 0 <= rate < 10_000 for rate in SHOP["tax"].values())


def test_prices_packs_and_stock_are_sensible() -> None:
    for code, sku in SKUS.items():
        assert 0 < sku["price_cents"] < 20_000, code
        assert sku["pack_size"] > 0, code
        assert sku["pack_unit"] in PACK_UNITS, code
        assert sku["stock"] >= 0, code
    shelves = Counter(sku["stock"] for sku in SKUS.values())
    assert shelves[0] >= 3
    assert shelves[1] >= 3


def test_a_larger_pack_of_the_same_thing_costs_more() -> None:
    shelves: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for code, sku in SKUS.items():
        shelf = shelves[PRODUCT_OF[code]["id"], sku.get("size", ""), sku["pack_unit"]]
        shelf.append((sku["pack_size"], sku["price_cents"]))
    for shelf in shelves.values():
        assert all(small[1] < large[1] for small, large in pairwise(sorted(shelf)))


@pytest.mark.parametrize("product", [p for p in PRODUCTS if p["need"] == "diapers"], ids=lambda p: p["id"])
def test_diapers_come_in_every_size_without_a_gap_in_weight(product: Record) -> None:
    assert list(dict.fromkeys(sku["size"] for sku in product["sku"])) == DIAPER_SIZES
    assert_bands_cover(product)


def test_every_weight_band_touches_the_next_size() -> None:
    banded = [product for product in PRODUCTS if "weight_min_g" in product["sku"][0]]
    assert {product["need"] for product in banded} == {"diapers", "overnight-diapers"}
    assert sum(product["need"] == "diapers" for product in banded) >= 2
    for product in banded:
        assert_bands_cover(product)


def assert_bands_cover(product: Record) -> None:
    """One band for each size, rising from size to size, each beginning before the last one ends."""
    bands = {sku["size"]: (sku["weight_min_g"], sku["weight_max_g"]) for sku in product["sku"]}
    assert all(bands[sku["size"]] == (sku["weight_min_g"], sku["weight_max_g"]) for sku in product["sku"])
    assert all(low < high for low, high in bands.values())
    for (low, high), (next_low, next_high) in pairwise(bands.values()):
        assert low < next_low <= high < next_high, product["id"]


def test_mixing_data_is_on_powdered_formula_alone_and_adds_up() -> None:
    mixed = {code: sku["mixing"] for code, sku in SKUS.items() if "mixing" in sku}
    assert set(mixed) == {code for code in SKUS if PRODUCT_OF[code]["need"] == "formula"}
    assert len({PRODUCT_OF[code]["id"] for code in mixed}) >= 3
    for code, mixing in mixed.items():
        assert misfits(mixing, MIXING_KEYS) == [], code
        scoops = SKUS[code]["pack_size"] * 10 // mixing["scoop_dg"]
        water_ml = scoops * mixing["water_ml_per_scoop"]
        # Powder adds about a tenth to the water's volume.
        assert water_ml < mixing["yield_ml_per_pack"] < water_ml * 1.2, code


@pytest.mark.parametrize("language", LANGUAGES, ids=["english", "german"])
def test_every_spoken_word_is_short_and_speakable(language: str) -> None:
    words = list(spoken_words(language))
    assert all(words)
    assert [word for word in words if len(word) > LONGEST_NAME] == []
    assert [word for word in words if not SPEAKABLE.fullmatch(word) or word != " ".join(word.split())] == []


def test_some_names_need_escaping_in_speech_markup() -> None:
    assert any("&" in sku["name"] for sku in SKUS.values())
    assert any("'" in sku["name"] for sku in SKUS.values())


@pytest.mark.parametrize("language", LANGUAGES, ids=["english", "german"])
def test_no_word_means_two_needs(language: str) -> None:
    assert repeated(word for need in NEEDS.values() for word in need_words(need, language)) == []
    assert [slug for slug, need in NEEDS.items() if not need[f"synonyms{language}"]] == []


@pytest.mark.parametrize("language", LANGUAGES, ids=["english", "german"])
def test_a_product_synonym_is_lower_case_and_means_that_product_alone(language: str) -> None:
    kinds = {word for need in NEEDS.values() for word in need_words(need, language)}
    names = [product[f"name{language}"] for product in PRODUCTS]
    synonyms = [word for product in PRODUCTS for word in product[f"synonyms{language}"]]
    assert [word for word in synonyms if word != word.lower()] == []
    assert repeated(names + synonyms) == []
    assert sorted(kinds.intersection(synonyms)) == []


def test_no_well_known_brand_is_named() -> None:
    spoken = [word for language in LANGUAGES for word in spoken_words(language)]
    texts = {text.casefold() for text in spoken + [product["brand"] for product in PRODUCTS]}
    assert {hit for text in texts for hit in REAL_BRANDS.findall(text)} == set()


def test_rewards_are_worth_something_that_the_shop_has() -> None:
    rewards = SHOP["reward"]
    assert len(rewards) >= 8
    assert repeated(reward["id"] for reward in rewards) == []
    for language in LANGUAGES:
        names = [reward[f"name{language}"] for reward in rewards]
        assert repeated(names + [word for r in rewards for word in r[f"synonyms{language}"]]) == []
    assert (min(r["points"] for r in rewards), max(r["points"] for r in rewards)) == (100, 2000)
    for reward in rewards:
        if reward["kind"] == "product":
            assert SKUS[reward["sku"]]["stock"] > 1, reward["id"]
        else:
            assert reward["kind"] in {"coupon", "donation"}
            assert reward["value_cents"] > 0, reward["id"]


def test_delivery_and_points_are_whole_positive_numbers() -> None:
    for terms in SHOP["delivery"].values():
        assert set(terms) == {"charge_cents", "free_from_cents", "days", "drops", "way"}
        whole = [terms["charge_cents"], terms["free_from_cents"], terms["days"]]
        for way in (terms, *terms["way"]):
            fewest, most = way["drops"]
            assert fewest < most
            whole += [way["days"], fewest]
            whole += [way[key] for key in ("extra_cents", "credit_points") if key in way]
        assert all(type(value) is int and value > 0 for value in whole)
    assert SHOP["currency"] == "USD"
    assert SHOP["points"]["per_currency_unit"] == 1


def test_the_demo_household_is_complete() -> None:
    seed = SHOP["seed"]
    assert ZoneInfo(seed["zone"]).key == "America/New_York"
    assert [(m["name"], m["role"], m["default"]) for m in seed["member"]] == [
        ("Anna", "owner", True),
        ("Ben", "adult", False),
    ]
    assert [(address["label"], address["default"]) for address in seed["address"]] == [
        ("home", True),
        ("mother", False),
    ]
    assert [child["name"] for child in seed["child"]] == ["Leo", "Maya"]
    assert all(child["diaper_size"] in DIAPER_SIZES and child["age_days"] > 0 for child in seed["child"])


def test_seeded_orders_hold_things_of_one_seller_that_are_in_stock() -> None:
    assert len(SHOP["seed"]["order"]) == 3
    assert [order["days_ago"] for order in SHOP["seed"]["order"]] == sorted(
        {days for days, _ in order_lines()}, reverse=True
    )
    for _, line in order_lines():
        assert SKUS[line["sku"]]["stock"] >= 10 * line["quantity"] > 0, line
        assert PRODUCT_OF[line["sku"]]["seller"] == "corner-shop"


def test_the_usual_of_the_seeded_orders_is_diapers_wipes_oat_milk_and_coffee() -> None:
    times = Counter(line["sku"] for _, line in order_lines())
    usual = {sku for sku, count in times.items() if count >= 0.6 * len(SHOP["seed"]["order"])}
    assert {PRODUCT_OF[sku]["need"] for sku in usual} == {"diapers", "wipes", "oat-milk", "coffee"}
    assert len(usual) == 4
    assert {SKUS[sku]["size"] for sku in usual if "size" in SKUS[sku]} == {"2"}
    assert len(times) > len(usual)


def test_the_seeded_orders_earn_a_few_hundred_points() -> None:
    goods_cents: Counter[int] = Counter()
    for days_ago, line in order_lines():
        goods_cents[days_ago] += SKUS[line["sku"]]["price_cents"] * line["quantity"]
    points = sum(cents // 100 for cents in goods_cents.values()) * SHOP["points"]["per_currency_unit"]
    assert 200 <= points <= 900


def test_opinions_are_of_products_and_within_what_stars_can_be() -> None:
    opinions, products = load("opinions"), {product["id"] for product in PRODUCT_OF.values()}
    assert {one["product"] for one in opinions["opinion"]} | set(opinions["sponsored"]) <= products
    assert len({one["product"] for one in opinions["opinion"]}) == len(opinions["opinion"])
    for one in opinions["opinion"]:
        assert 100 <= one["average"] <= 500
        assert one["ratings"] > 0
        for review in one.get("review", []):
            assert 1 <= review["stars"] <= 5
            assert review["written_on"] <= opinions["as_of"]
            assert review["text"]
            assert review["text_de"]
