"""The wording agrees with CLDR, as Babel gives it, and says what CLDR does not cover as people say it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from babel import Locale, dates, lists, numbers, units
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation import locale_files
from skill.conversation.wording import Money, Wording, is_one

LOCALES = ["en-US", "en-GB", "de-DE"]
TODAY = date(2026, 11, 22)  # a Sunday
CLDR_UNITS = {
    "second": "duration-second",
    "minute": "duration-minute",
    "hour": "duration-hour",
    "day": "duration-day",
    "week": "duration-week",
    "month": "duration-month",
    "year": "duration-year",
    "oz": "mass-ounce",
    "ml": "volume-milliliter",
    "l": "volume-liter",
    "g": "mass-gram",
    "kg": "mass-kilogram",
    "lb": "mass-pound",
    "cm": "length-centimeter",
    "in": "length-inch",
    "c": "temperature-celsius",
    "f": "temperature-fahrenheit",
}


@dataclass(frozen=True)
class Line:
    quantity: int
    name: str


def wording(locale: str) -> Wording:
    return Wording(locale_files.load(locale))


def spaced(text: str) -> str:
    """CLDR's no-break spaces as plain ones: a voice does not tell them apart."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


every_locale = pytest.mark.parametrize("locale", LOCALES)


@every_locale
@given(
    cents=st.integers(-(10**9), 10**9), currency=st.sampled_from(["USD", "GBP", "EUR", "JPY", "CAD", "INR"])
)
def test_money_agrees_with_cldr(locale: str, cents: int, currency: str) -> None:
    digits = numbers.get_currency_precision(currency)
    amount = Decimal(cents).scaleb(-digits)
    expected = numbers.format_currency(amount, currency, locale=locale.replace("-", "_"))
    said = wording(locale).money(Money(cents, currency))
    assert said == spaced(expected)


@pytest.mark.parametrize(("locale", "said"), [("en-US", "CHF 12.40"), ("de-DE", "12,40 CHF")])
def test_a_currency_without_a_sign_is_said_by_its_code(locale: str, said: str) -> None:
    assert wording(locale).money(Money(1240, "CHF")) == said


@pytest.mark.parametrize("currency", ["USD", "CHF", "JPY", "KRW", "VND", "CLP", "ISK", "KWD", "BHD", "TND"])
def test_minor_units_agree_with_cldr(currency: str) -> None:
    digits = numbers.get_currency_precision(currency)
    assert wording("en-US").money(Money(1, currency)).endswith(str(Decimal(1).scaleb(-digits)))


def test_an_amount_without_a_currency_is_refused() -> None:
    bare: Any = 1240
    with pytest.raises(TypeError, match="not money"):
        wording("en-US").money(bare)


@every_locale
@given(value=st.decimals(-(10**7), 10**7, places=3) | st.integers(-(10**9), 10**9))
def test_numbers_agree_with_cldr(locale: str, value: Decimal | int) -> None:
    expected = numbers.format_decimal(value, locale=locale.replace("-", "_"))
    assert wording(locale).number(value) == ("0" if expected == "-0" else expected)


def test_a_float_is_said_as_it_is_written() -> None:
    assert wording("de-DE").number(3.1) == "3,1"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many"])
def test_what_is_no_number_is_not_said(value: Any) -> None:
    with pytest.raises(ValueError, match="not a number"):
        wording("en-US").number(value)


@pytest.mark.parametrize(("value", "said"), [(-0.0001, "0"), (100, "100"), (10**30, "1" + ",000" * 10)])
def test_zeros_are_said_where_they_count(value: float, said: str) -> None:
    assert wording("en-US").number(value) == said


@every_locale
@pytest.mark.parametrize("kind", ["and", "or"])
@pytest.mark.parametrize("count", range(6))
def test_lists_agree_with_cldr(locale: str, kind: str, count: int) -> None:
    values = ["wipes", "milk {0}", "tea", "soap", "bread"][:count]
    style: Literal["standard", "or"] = "standard" if kind == "and" else "or"
    expected = lists.format_list(values, style, locale.replace("-", "_")) if values else ""
    assert wording(locale).list(values, kind) == expected


@every_locale
@given(st.integers(0, 10**6) | st.decimals(0, 1000, places=1))
def test_the_singular_agrees_with_cldr(locale: str, n: int | Decimal) -> None:
    category = Locale.parse(locale, sep="-").plural_form(n)
    # CLDR takes a written 1.0 for a plural; the wording drops the zero and so says 1.
    assert is_one(n) == (category == "one" or n == 1)


@every_locale
def test_a_counted_thing_has_the_formatted_number(locale: str) -> None:
    assert wording(locale).plural(1, "point", "points") == "1 point"
    assert wording(locale).plural(0, "point", "points") == "0 points"
    group = "." if locale == "de-DE" else ","
    assert wording(locale).plural(1240, "point", "points") == f"1{group}240 points"


@every_locale
@given(value=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_dates_agree_with_cldr(locale: str, value: date) -> None:
    expected = dates.format_date(value, "long", locale=locale.replace("-", "_"))
    assert wording(locale).date(value) == expected


@every_locale
@given(value=st.times())
def test_times_agree_with_cldr(locale: str, value: time) -> None:
    expected = dates.format_time(value, "short", locale=locale.replace("-", "_"))
    assert wording(locale).clock(value) == spaced(expected)


@every_locale
def test_a_datetime_is_said_by_its_own_clock(locale: str) -> None:
    at = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert wording(locale).clock(at) == wording(locale).clock(time(9, 5))
    assert wording(locale).date(at) == wording(locale).date(TODAY)


@every_locale
@given(days=st.integers(7, 179), back=st.booleans())
def test_a_day_further_off_has_cldrs_weekday_and_month(locale: str, days: int, back: bool) -> None:
    day = TODAY + timedelta(days=-days if back else days)
    said = wording(locale).day(day, TODAY)
    for pattern in ("EEEE", "MMMM", "d"):
        assert dates.format_date(day, pattern, locale=locale.replace("-", "_")) in said
    assert str(day.year) not in said


@pytest.mark.parametrize(
    ("locale", "days", "said"),
    [
        ("en-US", 0, "today"),
        ("en-US", 1, "tomorrow"),
        ("en-US", -1, "yesterday"),
        ("en-US", 2, "on Tuesday"),
        ("en-US", 6, "on Saturday"),
        ("en-US", 7, "on Sunday, November 29"),
        ("en-US", -5, "last Tuesday"),
        ("en-US", 200, "on June 10, 2027"),
        ("en-GB", 7, "on Sunday 29 November"),
        ("en-GB", 200, "on 10 June 2027"),
        ("de-DE", 0, "heute"),
        ("de-DE", 1, "morgen"),
        ("de-DE", 2, "am Dienstag"),
        ("de-DE", -5, "letzten Dienstag"),
        ("de-DE", 7, "am Sonntag, dem 29. November"),
        ("de-DE", -400, "am 18. Oktober 2025"),
    ],
)
def test_a_day_is_said_as_one_says_it_today(locale: str, days: int, said: str) -> None:
    assert wording(locale).day(TODAY + timedelta(days=days), TODAY) == said


@every_locale
@pytest.mark.parametrize("unit", sorted(CLDR_UNITS))
@given(value=st.integers(0, 5000) | st.decimals(0, 500, places=1))
def test_quantities_agree_with_cldr(locale: str, unit: str, value: int | Decimal) -> None:
    # CLDR tells 1.0 from 1; the wording says "1 ounce" for both.
    whole = int(value) if value == int(value) else value
    expected = units.format_unit(whole, CLDR_UNITS[unit], "long", locale=locale.replace("-", "_"))
    assert wording(locale).amount(value, unit) == spaced(expected)


@pytest.mark.parametrize(
    ("locale", "value", "unit", "said"),
    [
        ("en-US", 4, "oz", "4 ounces"),
        ("en-US", "3.50", "oz", "3.5 ounces"),
        ("en-US", 1, "dose", "1 dose"),
        ("en-US", 120, "ml", "120 milliliters"),
        ("de-DE", "3.5", "oz", "3,5 Unzen"),
        ("de-DE", 2, "dose", "2 Dosen"),
        ("de-DE", 3, "scoop", "3 Messlöffel"),
    ],
)
def test_a_quantity_is_said_with_its_unit(locale: str, value: int | str, unit: str, said: str) -> None:
    assert wording(locale).amount(value, unit) == said


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(KeyError, match="furlong"):
        wording("en-US").amount(3, "furlong")


@pytest.mark.parametrize(
    ("locale", "value", "said"),
    [
        ("en-US", timedelta(0), "0 seconds"),
        ("en-US", timedelta(seconds=59.9), "59 seconds"),
        ("en-US", timedelta(seconds=90), "1 minute"),
        ("en-US", timedelta(minutes=135), "2 hours and 15 minutes"),
        ("en-US", timedelta(minutes=-135), "2 hours and 15 minutes"),
        ("en-US", timedelta(hours=3), "3 hours"),
        ("en-US", timedelta(days=1, minutes=20), "1 day"),
        ("en-US", timedelta(days=2, hours=7, minutes=33), "2 days and 7 hours"),
        ("de-DE", timedelta(minutes=135), "2 Stunden und 15 Minuten"),
        ("de-DE", timedelta(days=2), "2 Tage"),
    ],
)
def test_a_length_of_time_is_said_by_its_two_largest_units(locale: str, value: timedelta, said: str) -> None:
    assert wording(locale).span(value) == said


@pytest.mark.parametrize(
    ("locale", "value", "said"),
    [
        ("en-US", timedelta(seconds=20), "just now"),
        ("en-US", timedelta(minutes=-5), "just now"),
        ("en-US", timedelta(hours=2, minutes=15), "2 hours and 15 minutes ago"),
        ("de-DE", timedelta(seconds=20), "gerade eben"),
        ("de-DE", timedelta(hours=1, minutes=1), "vor einer Stunde und einer Minute"),
        ("de-DE", timedelta(days=2, hours=3), "vor 2 Tagen und 3 Stunden"),
    ],
)
def test_what_was_is_said_by_how_long_ago(locale: str, value: timedelta, said: str) -> None:
    assert wording(locale).ago(value) == said


@pytest.mark.parametrize("n", [*range(1, 32), 100, 101, 111, 112, 113, 121, 1002])
def test_english_ranks_agree_with_cldr(n: int) -> None:
    suffix = {"one": "st", "two": "nd", "few": "rd", "other": "th"}[Locale("en").ordinal_form(n)]
    assert wording("en-US").ordinal(n) == f"{n:,}{suffix}"


def test_german_ranks_end_with_a_full_stop() -> None:
    assert [wording("de-DE").ordinal(n) for n in (1, 12, 23)] == ["1.", "12.", "23."]


@pytest.mark.parametrize(
    ("locale", "quantities", "said"),
    [
        ("en-US", [1], "thing 0"),
        ("en-US", [1, 2], "thing 0 and 2 thing 1"),
        ("en-US", [1] * 5, "thing 0, thing 1, thing 2, thing 3, and thing 4"),
        ("en-US", [2] + [1] * 14, "2 thing 0, thing 1, thing 2, and 12 more"),
        ("de-DE", [1, 2], "thing 0 und zweimal thing 1"),
        ("de-DE", [13], "13-mal thing 0"),
        ("de-DE", [1] * 6, "thing 0, thing 1, thing 2 und 3 weitere"),
    ],
)
def test_items_are_named_up_to_five(locale: str, quantities: list[int], said: str) -> None:
    lines = [Line(quantity, f"thing {index}") for index, quantity in enumerate(quantities)]
    assert wording(locale).items(lines) == said
    assert wording(locale).items([{"quantity": line.quantity, "name": line.name} for line in lines]) == said


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-US", "2 Diapers size 2, pack of 74; Wipes; and 3 times 12 Pencils"),
        ("en-GB", "2 Diapers size 2, pack of 74; Wipes; and 3 times 12 Pencils"),
        ("de-DE", "zweimal Diapers size 2, pack of 74; Wipes; und dreimal 12 Pencils"),
    ],
)
def test_items_with_commas_or_numbers_in_their_names_stay_apart(locale: str, said: str) -> None:
    lines = [Line(2, "Diapers size 2, pack of 74"), Line(1, "Wipes"), Line(3, "12 Pencils")]
    assert wording(locale).items(lines) == said


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-US", ["to your home", "to your mother", "to the address called Lake House", ""]),
        ("de-DE", ["nach Hause", "zu deiner Mutter", "an die Adresse Lake House", ""]),
    ],
)
def test_an_address_is_said_by_its_label(locale: str, said: list[str]) -> None:
    assert [wording(locale).place(label) for label in ("home", "Mother", "Lake House", "")] == said


def test_all_items_are_named_when_asked_for() -> None:
    lines = [Line(1, f"thing {index}") for index in range(7)]
    assert wording("en-GB").items(lines, all=True).endswith("thing 4, thing 5 and thing 6")
