"""Compiled models and a fixed clock for the tests of understanding."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from skill.understanding import CompiledModel, compile_model

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
"""A busy machine is no failure: the first sentence of an intent makes the index of its samples."""

MODELS = Path(__file__).parent.parent / "data" / "models"


def read(name: str) -> dict[str, Any]:
    """An interaction model from the test data."""
    found: dict[str, Any] = json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def saturday() -> datetime:
    return datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def corner_en() -> CompiledModel:
    return compile_model(read("corner_en"))


@pytest.fixture(scope="session")
def corner_de() -> CompiledModel:
    return compile_model(read("corner_de"), language="de-DE")


@pytest.fixture(scope="session")
def corner_raw() -> dict[str, Any]:
    return read("corner_en")


@pytest.fixture(scope="session")
def babybuddy_raw() -> dict[str, Any]:
    return read("babybuddy")


@pytest.fixture(scope="session")
def purchase_raw() -> dict[str, Any]:
    return read("flask-ask-purchase")
