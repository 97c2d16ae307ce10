"""The log: one JSON object a line, and nothing in it that anybody said."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.logs import FIELDS, JsonLines, configure

LEVELS = st.sampled_from([logging.INFO, logging.WARNING, logging.ERROR])


def line(record: logging.LogRecord) -> dict[str, Any]:
    text = JsonLines().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def a_record(message: str = "turn", **extra: object) -> logging.LogRecord:
    return logging.getLogger("restock.test").makeRecord(
        "restock.test", logging.INFO, __file__, 1, message, (), None, extra=extra
    )


@pytest.fixture
def restock_logger() -> Iterator[logging.Logger]:
    """The program's logger, put back as it was."""
    logger = logging.getLogger("restock")
    before = (logger.handlers, logger.level, logger.propagate)
    yield logger
    logger.handlers, logger.level, logger.propagate = before


def test_a_line_holds_the_known_fields_only() -> None:
    found = line(a_record(request_id="r", ms=1.5, speech="order wine", name_of_member="Anna"))
    assert {"request_id", "ms"} <= set(found)
    assert set(found) <= {"at", "level", "logger", "message", *FIELDS}
    assert found["logger"] == "restock.test"
    assert found["at"].endswith("+00:00")


def test_an_exception_is_named_without_its_text_or_traceback() -> None:
    try:
        int("Anna's secret")
    except ValueError as error:
        record = a_record()
        record.exc_info = (type(error), error, error.__traceback__)
    found = line(record)
    assert found["exception"] == "ValueError"
    assert "Anna" not in json.dumps(found)


@given(message=st.text(), value=st.text() | st.integers() | st.binary())
def test_whatever_is_logged_is_one_line_of_json(message: str, value: object) -> None:
    record = a_record(intent=value)
    record.msg = message
    assert line(record)["message"] == message


def test_the_program_logs_to_standard_error_once(
    restock_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure()
    configure()
    logging.getLogger("restock.turn").info("turn", extra={"intent": "X"})
    logging.getLogger("restock.turn").debug("not this")
    (text,) = stream.getvalue().splitlines()
    assert json.loads(text)["intent"] == "X"
    assert not restock_logger.propagate
