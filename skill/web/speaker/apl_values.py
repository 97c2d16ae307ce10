"""Evaluates the data-binding expressions of APL documents: `${payload.title}`, `${a ? b : c}`.

Follows "APL Data-Binding Evaluation" of the Alexa documentation as far as text for reading needs it. What
is outside of it (functions among others) leaves the string as it is written in the document.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 2_000
"""Characters of one expression; a longer one is not evaluated."""
DEEPEST = 40
"""Levels of brackets and operators in one expression."""
LONGEST_TEXT = 20_000
"""Characters of a result; a document that would make more shows its expression instead."""
LARGEST_WHOLE = 2**53

Scope = Mapping[str, Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\|\||&&|\?\?|==|!=|<=|>=|[-+*/%<>!?:()\[\].]))"
)
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_STRENGTH = {"??": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 5, ">": 5, "<=": 5, ">=": 5}
_STRENGTH |= {"+": 6, "-": 6, "*": 7, "/": 7, "%": 7}


class _Unreadable(Exception):
    """The expression is not one of those evaluated here."""


def evaluate(value: Any, scope: Scope) -> Any:
    """`value` with its expressions evaluated: typed when it is one expression alone, otherwise a string.

    Values that are no strings are given back. Never raises.
    """
    if not isinstance(value, str) or "${" not in value:
        return value
    pieces = _pieces(value)
    try:
        if len(pieces) == 1 and pieces[0][0]:
            found = _expression(pieces[0][1], scope)
        else:
            found = "".join(
                as_text(_expression(piece, scope)) if is_expression else piece
                for is_expression, piece in pieces
            )
    except (_Unreadable, TypeError, ArithmeticError):
        return value
    return value if isinstance(found, str) and len(found) > LONGEST_TEXT else found


def as_text(value: Any) -> str:
    """A value as APL shows it within a text: nothing for null, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _pieces(text: str) -> list[tuple[bool, str]]:
    """The text in order, cut into (is it an expression, its content)."""
    found: list[tuple[bool, str]] = []
    at = 0
    for match in re.finditer(r"\$\{([^{}]*)\}", text):
        if match.start() > at:
            found.append((False, text[at : match.start()]))
        found.append((True, match[1]))
        at = match.end()
    if at < len(text):
        found.append((False, text[at:]))
    return found


def _expression(text: str, scope: Scope) -> Any:
    if len(text) > LONGEST:
        raise _Unreadable
    reader = _Reader(_tokens(text), scope)
    found = reader.choice()
    reader.expect("")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _Unreadable
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Reads tokens from left to right and evaluates them at once; operators by precedence climbing."""

    def __init__(self, tokens: list[tuple[str, str]], scope: Scope) -> None:
        self._tokens, self._scope = tokens, scope
        self._at = self._depth = 0

    def choice(self) -> Any:
        """A whole expression, `condition ? this : that` among them."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Unreadable
        found = self._operation(0)
        if self._taken("?"):
            yes = self.choice()
            self.expect(":")
            no = self.choice()
            found = yes if found else no
        self._depth -= 1
        return found

    def expect(self, sign: str) -> None:
        """Go past a sign ("" for the end)."""
        if self._tokens[self._at][1] != sign or self._tokens[self._at][0] not in ("sign", "end"):
            raise _Unreadable
        self._at += 1

    def _taken(self, sign: str) -> bool:
        there = self._tokens[self._at] == ("sign", sign)
        self._at += there
        return there

    def _operation(self, weakest: int) -> Any:
        left = self._unary()
        while (kind_sign := self._tokens[self._at])[0] == "sign":
            sign = kind_sign[1]
            strength = _STRENGTH.get(sign, 0)
            if strength <= weakest:
                break
            self._at += 1
            left = _BINARY[sign](left, self._operation(strength))
        return left

    def _unary(self) -> Any:
        for sign, apply in _UNARY.items():
            if self._taken(sign):
                self._depth += 1
                if self._depth > DEEPEST:
                    raise _Unreadable
                found = apply(self._unary())
                self._depth -= 1
                return found
        return self._path(self._atom())

    def _atom(self) -> Any:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "text":
            return text[1:-1]
        if kind == "name":
            return _WORDS[text] if text in _WORDS else self._scope.get(text)
        if text != "(":
            raise _Unreadable
        inner = self.choice()
        self.expect(")")
        return inner

    def _path(self, value: Any) -> Any:
        """The steps after an atom: `.name` and `[index]`."""
        while True:
            if self._taken("."):
                kind, name = self._tokens[self._at]
                if kind != "name":
                    raise _Unreadable
                self._at += 1
                value = _member(value, name)
            elif self._taken("["):
                value = _member(value, self.choice())
                self.expect("]")
            elif self._tokens[self._at] == ("sign", "("):
                raise _Unreadable  # a function
            else:
                return value


def _member(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list):
        if key == "length":
            return len(value)
        if isinstance(key, int) and -len(value) <= key < len(value):
            return value[key]
    return None


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        return as_text(left) + as_text(right)
    return _number(left) + _number(right)


def _number(value: Any) -> int | float:
    """A number as APL has them; documents must not be able to make one that grows without end."""
    if not isinstance(value, int | float):
        raise _Unreadable
    return value if abs(value) <= LARGEST_WHOLE else float(value)


_UNARY: Mapping[str, Callable[[Any], Any]] = {
    "!": lambda value: not value,
    "-": lambda value: -_number(value),
}
_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "??": lambda left, right: right if left is None else left,
    "||": lambda left, right: left or right,
    "&&": lambda left, right: left and right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "+": _plus,
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "/": lambda left, right: _number(left) / _number(right),
    "%": lambda left, right: _number(left) % _number(right),
}
