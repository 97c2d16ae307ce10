"""Keeps the trained weights of large models in the user's cache folder, to train them only once."""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from skill.understanding.linear import Weights

MAX_FILES = 24
"""So many models are kept; the one longest unused goes first."""

_FORMAT = 1
_FOLDERS = {"darwin": ("Library", "Caches"), "win32": ("AppData", "Local")}


def cache_folder() -> Path | None:
    """Where this user's programs keep what can be made again; None without a home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home.joinpath(*_FOLDERS.get(sys.platform, (".cache",)), "restock", "weights")


def key(parts: Iterable[object], sources: Iterable[str]) -> str:
    """The name of weights trained on these parts by the code in these source files."""
    digest = hashlib.sha256(f"{_FORMAT}".encode())
    for name in sources:
        digest.update(Path(name).read_bytes())
    for part in parts:
        digest.update(f"{part!r}\n".encode())
    return digest.hexdigest()[:32]


def load(folder: Path, name: str) -> Weights | None:
    """The weights kept under a name; None if there are none or the file is damaged."""
    path = folder / f"{name}.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        weights = {
            feature: [(int(pairs[k]), float(pairs[k + 1])) for k in range(0, len(pairs), 2)]
            for feature, pairs in raw.items()
        }
        os.utime(path)
    except (OSError, ValueError, TypeError, AttributeError, LookupError):
        return None
    return weights


def save(folder: Path, name: str, weights: Weights) -> None:
    """Keeps weights, all or nothing; where the folder cannot be written nothing is kept."""
    flat = {feature: [x for pair in pairs for x in pair] for feature, pairs in weights.items()}
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(flat, file, ensure_ascii=False, separators=(",", ":"))
            Path(temporary).replace(folder / f"{name}.json")
        finally:
            Path(temporary).unlink(missing_ok=True)
        _prune(folder)


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MAX_FILES:]:
        path.unlink(missing_ok=True)
