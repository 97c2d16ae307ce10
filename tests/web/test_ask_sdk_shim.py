"""flask-ask-sdk must import on every machine, whatever its OpenSSL, and leave nothing pretended behind.

Each case runs in its own interpreter, because an import happens once per process. Without the shim the
second case fails everywhere, and the first on every machine whose OpenSSL has a two-digit patch number.
"""

import subprocess
import sys
from pathlib import Path

from skill.web.ask_sdk_shim import load_skill_adapter

REPOSITORY = Path(__file__).parents[2]
PLAIN = (
    "import warnings; warnings.simplefilter('ignore'); from flask_ask_sdk.skill_adapter import SkillAdapter"
)
NO_CERTVALIDATOR = """
import sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == 'oscrypto':
            raise RuntimeError('Error detecting the version of libcrypto')
sys.meta_path.insert(0, Broken())
"""
THROUGH_THE_SHIM = """
import sys
from skill.web.ask_sdk_shim import load_skill_adapter
adapter = load_skill_adapter()
from flask_ask_sdk.skill_adapter import SkillAdapter
assert adapter is SkillAdapter is load_skill_adapter()
"""
NOTHING_LEFT = """
assert 'certvalidator' not in sys.modules and 'certvalidator.errors' not in sys.modules
from ask_sdk_webservice_support import verifier
try:
    verifier.CertificateValidator(b'')
except NotImplementedError:
    pass
else:
    raise AssertionError('a stand-in validated something')
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_adapter_is_the_real_class_whether_or_not_its_plain_import_works() -> None:
    finished = run(THROUGH_THE_SHIM)
    assert finished.returncode == 0, finished.stderr
    plain = run(PLAIN)
    assert plain.returncode == 0 or "LibraryNotFoundError" in plain.stderr, plain.stderr


def test_where_its_dependency_cannot_load_the_plain_import_fails_and_the_shims_does_not() -> None:
    assert "Error detecting the version of libcrypto" in run(NO_CERTVALIDATOR + PLAIN).stderr
    finished = run(NO_CERTVALIDATOR + THROUGH_THE_SHIM + NOTHING_LEFT)
    assert finished.returncode == 0, finished.stderr


def test_the_adapter_loads_in_this_process_too() -> None:
    adapter = load_skill_adapter()
    assert adapter.__name__ == "SkillAdapter"
    assert adapter.__module__ == "flask_ask_sdk.skill_adapter"


def test_a_part_that_is_not_installed_is_told_as_such() -> None:
    finished = run("import sys; sys.modules['flask_ask_sdk'] = None\n" + THROUGH_THE_SHIM)
    assert "ModuleNotFoundError" in finished.stderr
