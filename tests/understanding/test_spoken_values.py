"""Spoken numbers, dates, times and durations become Alexa's wire strings, in English and German."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from skill.understanding.dates import dates_at
from skill.understanding.durations import durations_at
from skill.understanding.language import Language, load_language
from skill.understanding.numbers import (
    codes_at,
    four_digits_at,
    numbers_at,
    ordinals_at,
    phone_numbers_at,
)
from skill.understanding.times import times_at
from skill.understanding.words import Token, tokenize

TODAY = date(2026, 11, 21)
Reader = Callable[[Sequence[Token], int, Language], list[tuple[int, str]]]


def whole(reader: Reader, code: str, sentence: str) -> set[str]:
    """The readings that take the whole sentence."""
    language = load_language(code)
    tokens = tokenize(sentence, language, polite=True)
    return {wire for end, wire in reader(tokens, 0, language) if end == len(tokens)}


def dates(tokens: Sequence[Token], start: int, language: Language) -> list[tuple[int, str]]:
    """AMAZON.DATE on the fixed day."""
    return dates_at(tokens, start, TODAY, language)


CASES: list[tuple[Reader, str, dict[str, str]]] = [
    (
        numbers_at,
        "en",
        {
            "two": "2",
            "twenty one": "21",
            "twenty-one": "21",
            "two hundred and five": "205",
            "one thousand two hundred": "1200",
            "a dozen": "12",
            "half a dozen": "6",
            "two dozen": "24",
            "a couple of": "2",
            "a hundred": "100",
            "one million": "1000000",
            "1,000,000": "1000000",
            "minus one": "-1",
            "-1": "-1",
            "zero": "0",
            "three and a half": "3.5",
            "two and a quarter": "2.25",
            "two point five": "2.5",
            "3.50": "3.5",
        },
    ),
    (
        numbers_at,
        "de",
        {
            "zwei": "2",
            "eine": "1",
            "einundzwanzig": "21",
            "siebenunddreißig": "37",
            "zweihundertfünfzig": "250",
            "eintausend": "1000",
            "ein dutzend": "12",
            "ein halbes dutzend": "6",
            "anderthalb": "1.5",
            "zweieinhalb": "2.5",
            "zwei komma fünf": "2.5",
            "3,5": "3.5",
            "1.000": "1000",
            "minus drei": "-3",
        },
    ),
    (ordinals_at, "en", {"first": "1", "the second": "2", "twenty first": "21", "3rd": "3"}),
    (ordinals_at, "de", {"erste": "1", "die dritte": "3", "zweiundzwanzigste": "22", "4.": "4"}),
    (
        four_digits_at,
        "en",
        {
            "six zero four five": "6045",
            "sixty forty five": "6045",
            "six thousand forty five": "6045",
            "0412": "0412",
            "oh four double two": "0422",
        },
    ),
    (
        phone_numbers_at,
        "en",
        {"five five five double two one four": "5552214", "206 555 0100": "2065550100"},
    ),
    (codes_at, "en", {"16a": "16a", "n h five oh nine": "nh509", "abc123": "abc123"}),
    (
        dates,
        "en",
        {
            "today": "2026-11-21",
            "tomorrow": "2026-11-22",
            "yesterday": "2026-11-20",
            "the day after tomorrow": "2026-11-23",
            "saturday": "2026-11-21",
            "monday": "2026-11-23",
            "last friday": "2026-11-20",
            "monday next week": "2026-11-23",
            "this week": "2026-W47",
            "next week": "2026-W48",
            "this weekend": "2026-W47-WE",
            "next weekend": "2026-W48-WE",
            "november": "2026-11",
            "july": "2027-07",
            "last july": "2026-07",
            "next month": "2026-12",
            "november twenty fourth": "2026-11-24",
            "the 24th of november": "2026-11-24",
            "24 november 2028": "2028-11-24",
            "november the fifth": "2027-11-05",
            "the twenty fourth": "2026-11-24",
            "february twenty ninth": "2028-02-29",
            "on friday": "2026-11-27",
            "in three days": "2026-11-24",
            "two weeks from now": "2026-12-05",
            "five days ago": "2026-11-16",
            "next year": "2027",
            "twenty twenty seven": "2027",
            "this decade": "202X",
            "this quarter": "2026-Q4",
            "next winter": "2026-WI",
            "summer": "2027-SU",
            "last summer": "2026-SU",
            "right now": "PRESENT_REF",
            "christmas": "2026-12-25",
            "new year's eve": "2026-12-31",
            "2026-11-24": "2026-11-24",
        },
    ),
    (
        dates,
        "de",
        {
            "heute": "2026-11-21",
            "morgen": "2026-11-22",
            "übermorgen": "2026-11-23",
            "am dienstag": "2026-11-24",
            "letzten freitag": "2026-11-20",
            "nächste woche": "2026-W48",
            "dieses wochenende": "2026-W47-WE",
            "in drei tagen": "2026-11-24",
            "vor zwei wochen": "2026-11-07",
            "24. november": "2026-11-24",
            "am vierundzwanzigsten november": "2026-11-24",
            "im juli": "2027-07",
            "nächstes jahr": "2027",
            "im sommer": "2027-SU",
            "jetzt": "PRESENT_REF",
        },
    ),
    (
        times_at,
        "en",
        {
            "2 am": "02:00",
            "2 in the morning": "02:00",
            "2 at night": "02:00",
            "11 at night": "23:00",
            "12 at night": "00:00",
            "12 am": "00:00",
            "half past two in the afternoon": "14:30",
            "this morning at 7": "07:00",
            "tonight at 8": "20:00",
            "last night at 11": "23:00",
            "last night at 2": "02:00",
            "2:15": "02:15",
            "two fifteen": "02:15",
            "quarter past two": "02:15",
            "two thirty p.m.": "14:30",
            "2pm": "14:00",
            "half past six": "06:30",
            "ten to three": "02:50",
            "quarter to one": "12:45",
            "noon": "12:00",
            "midnight": "00:00",
            "twelve thirty am": "00:30",
            "12 pm": "12:00",
            "two oh five": "02:05",
            "eight o'clock": "08:00",
            "four in the morning": "04:00",
            "fourteen thirty": "14:30",
            "morning": "MO",
            "this afternoon": "AF",
            "evening": "EV",
            "tonight": "NI",
        },
    ),
    (
        times_at,
        "de",
        {
            "3 uhr nachts": "03:00",
            "um drei in der nacht": "03:00",
            "12 uhr nachts": "00:00",
            "7 uhr abends": "19:00",
            "halb drei nachmittags": "14:30",
            "morgens um 7": "07:00",
            "nachts um 3": "03:00",
            "gestern abend um 8": "20:00",
            "heute nacht um halb drei": "02:30",
            "um 1 uhr mittags": "13:00",
            "um 5 uhr früh": "05:00",
            "halb drei": "02:30",
            "um halb eins": "12:30",
            "viertel nach zwei": "02:15",
            "dreiviertel drei": "02:45",
            "fünf vor halb drei": "02:25",
            "14 uhr 30": "14:30",
            "14:30 uhr": "14:30",
            "acht uhr abends": "20:00",
            "drei uhr nachts": "03:00",
            "mittags": "12:00",
            "heute abend": "EV",
            "am morgen": "MO",
        },
    ),
    (
        durations_at,
        "en",
        {
            "twenty minutes": "PT20M",
            "an hour and a half": "PT1H30M",
            "half an hour": "PT30M",
            "two and a half hours": "PT2H30M",
            "three quarters of an hour": "PT45M",
            "an hour and twenty minutes": "PT1H20M",
            "two years three hours ten minutes": "P2YT3H10M",
            "one second": "PT1S",
            "eight weeks": "P8W",
            "a fortnight": "P2W",
            "ninety minutes": "PT90M",
            "for ten minutes": "PT10M",
        },
    ),
    (
        durations_at,
        "de",
        {
            "zwanzig minuten": "PT20M",
            "eine stunde": "PT1H",
            "anderthalb stunden": "PT1H30M",
            "eine halbe stunde": "PT30M",
            "eine viertelstunde": "PT15M",
            "eine stunde und zehn minuten": "PT1H10M",
            "zwei wochen": "P2W",
        },
    ),
]


@pytest.mark.parametrize(
    ("reader", "code", "said", "wire"),
    [(reader, code, said, wire) for reader, code, table in CASES for said, wire in table.items()],
)
def test_a_spoken_value_has_one_wire_string(reader: Reader, code: str, said: str, wire: str) -> None:
    assert whole(reader, code, said) == {wire}


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        (numbers_at, "a"),
        (numbers_at, "an"),
        (numbers_at, "milk"),
        (ordinals_at, "two"),
        (four_digits_at, "six zero four"),
        (phone_numbers_at, "five"),
        (codes_at, "hello"),
        (dates, "november thirty first"),
        (dates, "bread"),
        (times_at, "twenty seven"),
        (durations_at, "minutes"),
        (durations_at, "ten"),
        (durations_at, "ten minutes two hours"),
    ],
)
def test_what_is_no_value_is_not_read(reader: Reader, said: str) -> None:
    assert whole(reader, "en", said) == set()
