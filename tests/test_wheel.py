"""The built wheel holds all the program needs, and orders something from another folder without the clone."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "skill"
NOW = "2026-11-20T15:00:00+00:00"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build backend itself."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("restock-*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_package_is_in_the_wheel(names: set[str]) -> None:
    there = {
        f"skill/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert sorted(there - names) == []


@pytest.mark.parametrize(
    "name",
    [
        "skill/locales/en/_locale.toml",
        "skill/locales/de/orders.toml",
        "skill/locales/en-GB/_locale.toml",
        "skill/storage/migrations/env.py",
        "skill/storage/migrations/versions/0001_everything_of_the_first_release.py",
        "skill/shops/demo_data/shop.toml",
        "skill/catalog/synonyms.toml",
        "skill/understanding/language_en.toml",
        "skill/understanding/phrases_de.toml",
        "skill/py.typed",
    ],
)
def test_data_goes_along(names: set[str], name: str) -> None:
    assert name in names


def test_nothing_but_the_package_is_in_the_wheel(wheel: Path, names: set[str]) -> None:
    release = wheel.name.partition("-py")[0]
    assert {name.split("/")[0] for name in names} == {"skill", f"{release}.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_wheel_takes_an_order(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run(
        [*pip, "--no-deps", "--no-index", "--target", str(installed), str(wheel)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    elsewhere.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}
    where = "import skill; print(skill.__file__)"
    command = ["-m", "skill", "say", "--now", NOW, "--json", "reorder my usual", "yes"]
    loaded, spoken = (
        subprocess.run(
            [sys.executable, *arguments],
            cwd=elsewhere,
            env={**kept, "PYTHONPATH": str(installed)},
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout
        for arguments in (["-c", where], command)
    )
    assert Path(loaded.strip()).is_relative_to(installed)
    asked, answered = map(json.loads, spoken.splitlines())
    assert asked["reply"] == "ReorderUsualIntent.quoted"
    assert answered["reply"] == "YesIntent.order_placed"
    assert len(answered["orders"]) == 1
    assert answered["order"]["lines"] == asked["quote"]["lines"]
    assert (elsewhere / "var" / "restock.db").is_file()
