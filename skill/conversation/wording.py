"""How a language says money, numbers, lists, days, times, lengths of time and quantities.

The words come from the `[words]` tables of the locale files. The rules here hold for languages that have
one form for the whole number 1 and another for everything else, as English and German do.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from skill.conversation.locale_files import LocaleTexts

# ISO 4217 currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
SPOKEN_DECIMALS = 3
ITEMS_BY_NAME = 5
ITEMS_WHEN_MANY = 3
NEAR_DAYS = 6
SAME_YEAR_DAYS = 180
SPAN_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
Number = int | float | Decimal


@dataclass(frozen=True)
class Money:
    """An amount in the minor unit of an ISO 4217 currency, as 1240 USD for twelve dollars forty."""

    amount_cents: int
    currency: str


class Wording:
    """The wording of one locale. Every method returns plain text, not escaped for SSML."""

    def __init__(self, texts: LocaleTexts) -> None:
        self._words = texts.words

    def number(self, value: Number) -> str:
        """1240 as "1,240" or "1.240"; at most three decimals, no zeros behind them."""
        return self._grouped(_decimal(value))

    def money(self, value: Money) -> str:
        """Money as the locale writes it, as "$12.40" or "12,40 €"; currencies without a sign by their code.

        Raises TypeError for anything but Money: an amount without a currency is not speakable.
        """
        if not isinstance(value, Money):
            raise TypeError(f"not money: {value!r}")
        words = self._words["money"]
        digits = MINOR_DIGITS.get(value.currency, 2)
        amount = self._grouped(Decimal(abs(value.amount_cents)).scaleb(-digits), digits)
        sign = words["signs"].get(value.currency)
        pattern: str = words["sign"] if sign else words["code"]
        text = pattern.format(sign=sign or value.currency, number=amount)
        return f"-{text}" if value.amount_cents < 0 else text

    def list(self, values: Sequence[object], kind: str = "and") -> str:
        """The values in one breath, as "a, b, and c"; `kind` is "and" or "or".

        Where a value has a comma of its own, as "Diapers, pack of 74", semicolons keep the values apart.
        """
        texts = [str(value) for value in values]
        apart = "_apart" if any(", " in text for text in texts) else ""
        patterns: Mapping[str, str] = self._words[f"{kind}{apart}"]
        if len(texts) < 3:
            return patterns["two"].format(*texts) if len(texts) == 2 else "".join(texts)
        head = texts[0]
        for text in texts[1:-1]:
            head = patterns["middle"].format(head, text)
        return patterns["last"].format(head, texts[-1])

    def plural(self, n: Number, one: str, other: str) -> str:
        """The formatted number with the form that fits it: "1 point", "340 points"."""
        return f"{self.number(n)} {one if is_one(n) else other}"

    def ordinal(self, n: int) -> str:
        """The rank as the locale writes it: "1st", "12th", "1."."""
        words = self._words["ordinal"]
        last = words["last_digit"].get(str(n % 10), words["other"])
        pattern: str = words["teens"] if n % 100 in (11, 12, 13) else last
        return pattern.format(n=self.number(n))

    def day(self, value: dt.date, today: dt.date) -> str:
        """A day as one would say it on `today`: "tomorrow", "on Tuesday", "on Tuesday, November 24".

        Datetimes count by their own wall clock. Weekdays alone reach six days either way; the year is
        said from half a year on.
        """
        day, start = _day_of(value), _day_of(today)
        words: Mapping[str, str] = self._words["day"]
        return words[_nearness((day - start).days)].format(**self._day_names(day))

    def date(self, value: dt.date) -> str:
        """The full date, as "November 24, 2026"."""
        pattern: str = self._words["date"]["long"]
        return pattern.format(**self._day_names(_day_of(value)))

    def clock(self, value: dt.time | dt.datetime) -> str:
        """The time of day, as "2:15 PM" or "14:15", by the value's own wall clock."""
        words = self._words["clock"]
        halves, hour = words["halves"], f"{value.hour:02d}"
        if halves:
            hour = str(value.hour % 12 or 12)
        pattern: str = words["time"]
        half = halves[value.hour // 12] if halves else ""
        return pattern.format(hour=hour, minute=f"{value.minute:02d}", half=half)

    def span(self, value: dt.timedelta, case: str = "") -> str:
        """A length of time by its two largest units, as "2 hours and 15 minutes"; the sign is not said.

        Seconds are said only below a minute. `case` "dative" is for German behind "seit" or "vor".
        """
        left = abs(int(value.total_seconds()))
        if left < 60:
            return self._counted(left, "second", case)
        parts: list[str] = []
        for unit, seconds in SPAN_UNITS:
            count, left = divmod(left, seconds)
            if count:
                parts.append(self._counted(count, unit, case))
            if parts and (not count or len(parts) == 2):
                break
        return self.list(parts)

    def ago(self, value: dt.timedelta) -> str:
        """How long ago something was, as "2 hours ago"; "just now" below a minute and for the future."""
        words: Mapping[str, str] = self._words["span"]
        if value < dt.timedelta(minutes=1):
            return words["now"]
        return words["ago"].format(span=self.span(value, "dative"))

    def amount(self, value: Number | str, unit: str) -> str:
        """A measured quantity, as "3.5 ounces" for ("3.5", "oz"). Raises KeyError for an unknown unit."""
        return self._counted(_decimal(value), unit)

    def items(self, things: Sequence[object], all: bool = False) -> str:
        """Things with `name` and `quantity` (attributes or keys) as one list.

        Up to five by name; beyond that the first three "and 12 more", or everything when `all` is true.
        """
        if all or len(things) <= ITEMS_BY_NAME:
            return self.list([self._item(thing) for thing in things])
        rest = len(things) - ITEMS_WHEN_MANY
        form: str = self._words["items"]["more"]["one" if is_one(rest) else "other"]
        named = [self._item(thing) for thing in things[:ITEMS_WHEN_MANY]]
        return self.list([*named, form.format(n=self.number(rest))])

    def place(self, label: str) -> str:
        """Where something is delivered, by the label of the address: "to your home"; nothing for no label."""
        words: Mapping[str, str] = self._words["place"]
        return words.get(label.casefold(), words["other"].format(label=label)) if label else ""

    def _item(self, thing: object) -> str:
        if isinstance(thing, Mapping) and thing.get("gift"):
            gift: str = self._words["items"]["gift"]
            return gift
        quantity, name = int(_part(thing, "quantity")), str(_part(thing, "name"))
        if quantity == 1:
            return name
        words = self._words["items"]
        times: str = words["times"].get(str(quantity), words["times_other"])
        # A name that begins with a number would run together with a bare quantity: "2 12 Pencils".
        pattern: str = words["many_of_number" if name[:1].isdigit() else "many"]
        return pattern.format(times=times.format(n=self.number(quantity)), name=name)

    def _counted(self, value: Number, unit: str, case: str = "") -> str:
        forms: Mapping[str, str] = self._words["units"][unit]
        form = "one" if is_one(value) else "other"
        return forms.get(f"{case}_{form}", forms[form]).format(n=self.number(value))

    def _day_names(self, day: dt.date) -> dict[str, object]:
        months, weekdays = self._words["months"], self._words["weekdays"]
        month, weekday = months[day.month - 1], weekdays[day.weekday()]
        return {"weekday": weekday, "month": month, "day": day.day, "year": day.year}

    def _grouped(self, value: Decimal, digits: int | None = None) -> str:
        words: Mapping[str, str] = self._words["number"]
        places = SPOKEN_DECIMALS if digits is None else digits
        whole, _, decimals = f"{value:,.{places}f}".partition(".")
        if digits is None:
            decimals = decimals.rstrip("0")
            whole = "0" if (whole, decimals) == ("-0", "") else whole
        whole = whole.replace(",", words["group"])
        return f"{whole}{words['decimal']}{decimals}" if decimals else whole


def is_one(n: Number) -> bool:
    """Whether `n` takes the singular: the whole number 1, either sign."""
    return abs(n) == 1


def _decimal(value: Number | str) -> Decimal:
    # Through str, so that 3.1 is spoken as 3.1 and not as the binary fraction beside it.
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value}") from error
    if not number.is_finite():
        raise ValueError(f"not a number: {value}")
    return number


def _day_of(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _nearness(days: int) -> str:
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in named:
        return named[days]
    if abs(days) <= NEAR_DAYS:
        return "soon" if days > 0 else "lately"
    return "this_year" if abs(days) < SAME_YEAR_DAYS else "far"


def _part(thing: object, name: str) -> Any:
    return thing[name] if isinstance(thing, Mapping) else getattr(thing, name)
