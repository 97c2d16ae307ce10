"""docs/lint.md lists every rule and limit as the code has them."""

from dataclasses import fields
from pathlib import Path

from skill.understanding.lint import RULES, Limits

PAGE = Path(__file__).parents[3] / "docs" / "lint.md"


def rows(page: str, columns: int) -> list[list[str]]:
    """The table rows of so many columns whose first cell is code."""
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line[:3] == "| `"
    ]
    return [[row[0].strip("`"), *row[1:]] for row in cells if len(row) == columns]


def test_the_table_of_rules_is_that_of_the_code() -> None:
    expected = [[rule.code, rule.severity, rule.finds, rule.why] for rule in RULES]
    assert rows(PAGE.read_text(encoding="utf-8"), 4) == expected


def test_the_table_of_limits_is_that_of_the_code() -> None:
    expected = {field.name: str(field.default) for field in fields(Limits)}
    assert {row[0]: row[1] for row in rows(PAGE.read_text(encoding="utf-8"), 3)} == expected
