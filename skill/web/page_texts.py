"""What the pages for shoppers say, in the language that their browser asks for."""

from collections.abc import Mapping
from pathlib import Path
from tomllib import loads

from flask import Request

TEXTS: Mapping[str, Mapping[str, str]] = loads(
    Path(__file__).with_name("page_texts.toml").read_text(encoding="utf-8")
)
FIRST = "en"


def texts(request: Request) -> tuple[str, Mapping[str, str]]:
    """The language of a request among those there are, and the texts in it."""
    language = request.accept_languages.best_match(list(TEXTS), FIRST) or FIRST
    return language, TEXTS[language]
