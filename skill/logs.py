"""Logging: one JSON object a line on standard error, without speech, names, tokens or PINs."""

import json
import logging
from datetime import UTC, datetime

FIELDS = (
    "request_id",
    "intent",
    "outcome",
    "ms",
    "statements",
    "reason",
    "status",
    "type",
    "locale",
    "error",
    "where",
)
"""The only extra fields that are ever written."""


class JsonLines(logging.Formatter):
    """One record as one line of JSON; the exception's class is named, never its text or traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line: time, level, logger, message and those of FIELDS that the record carries."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, default=str)


def configure(level: int = logging.INFO) -> None:
    """Send everything under the `restock` logger to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("restock")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False
