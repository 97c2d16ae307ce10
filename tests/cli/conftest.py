"""A folder in which the offline speaker was used once, and command lines run in copies of it."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skill.cli.root import app, run
from tests.cli.speaking import NOW, ROOT, Ran, Restock, Terminal


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the offline speaker was used once, so that its database is there."""
    folder = tmp_path_factory.mktemp("seeded")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}
    subprocess.run(
        [sys.executable, "-m", "skill", "say", "--now", NOW, "help"],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


@pytest.fixture
def restock(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Restock:
    """Runs a command line in a folder with a fresh demo household."""
    shutil.copytree(seeded / "var", tmp_path / "var")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RESTOCK_")]:
        monkeypatch.delenv(name)

    def command(*arguments: str, typed: str | None = None, terminal: bool = False) -> Ran:
        if typed is not None:
            monkeypatch.setattr(sys, "stdin", Terminal(typed) if terminal else io.StringIO(typed))
        capsys.readouterr()
        code = run(lambda: app(list(arguments), standalone_mode=False))
        return Ran(code, *capsys.readouterr())

    return command
