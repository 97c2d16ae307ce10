"""Imports flask-ask-sdk's SkillAdapter on machines where one of its unused dependencies cannot load.

flask-ask-sdk imports ask-sdk-webservice-support, which imports certvalidator, which imports oscrypto.
oscrypto 1.3.0 reads the OpenSSL version with a pattern that knows one-digit patch numbers only, so that
with 3.0.19 it raises LibraryNotFoundError (wbond/oscrypto#75 and #78; repaired upstream, never released).
Nothing of that chain is ever called here, since `verification` judges requests: it only has to import.
"""

import contextlib
import importlib
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_PACKAGE = "certvalidator"
_ERRORS = "certvalidator.errors"


def load_skill_adapter() -> Any:
    """The class `flask_ask_sdk.skill_adapter.SkillAdapter`.

    Where certvalidator cannot be imported, stand-ins take its place for the time of the import only.
    Call it while the application is built, not in a request: imports and warning filters are shared
    by all threads. Raises ImportError if flask-ask-sdk is not installed.
    """
    with warnings.catch_warnings():
        # These packages are from 2015 to 2019 and warn of their own syntax and of Python's changes.
        warnings.simplefilter("ignore")
        with contextlib.nullcontext() if _certvalidator_works() else _stand_ins():
            return importlib.import_module("flask_ask_sdk.skill_adapter").SkillAdapter


def _certvalidator_works() -> bool:
    try:
        importlib.import_module(_ERRORS)
    except Exception:  # whatever an old package raises while it loads, the answer is the same
        return False
    return True


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """Modules with the three names that ask-sdk-webservice-support imports, in place for the block."""
    package, errors = ModuleType(_PACKAGE), ModuleType(_ERRORS)
    package.__dict__.update(CertificateValidator=_NoCertificateValidator, errors=errors)
    errors.__dict__.update(PathError=_NeverRaised, ValidationError=_NeverRaised)
    sys.modules.update({_PACKAGE: package, _ERRORS: errors})
    try:
        yield
    finally:
        del sys.modules[_PACKAGE], sys.modules[_ERRORS]


class _NeverRaised(Exception):
    """Stands for certvalidator's errors in `except` clauses."""


class _NoCertificateValidator:
    """Stands for certvalidator's validator and refuses to be used, so that nothing is waved through."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("Requests are judged by skill.web.verification; this must not be called.")
