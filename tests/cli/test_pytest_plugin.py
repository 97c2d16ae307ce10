"""The pytest plugin collects fixtures where a project asks for them, and elsewhere costs next to nothing."""

import importlib
import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.speaking import ROOT
from tests.simulator.fake_skill import MODEL

pytest_plugins = ("pytester",)

OPT_IN = '[tool.pytest.ini_options]\nrestock_fixtures = ["voice"]\nrestock_model = "models/en-US.json"\n'
CASES = (
    '[[case]]\nsay = "order nappies"\nintent = "OrderItemIntent"\n\n'
    '[[case]]\nsay = "order nappies"\nintent = "OtherIntent"\n'
)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Somebody's project with a model, in which only this plugin is loaded, installed or not."""
    for name in ("skill.cli.pytest_plugin", "skill.cli.fixture_hosts", "skill.simulator.fixture_junit"):
        importlib.import_module(name)  # what is first imported in an inner run is forgotten after it
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "skill.cli.pytest_plugin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    put(pytester, "models/en-US.json", json.dumps(MODEL))
    put(pytester, "pyproject.toml", OPT_IN)
    put(pytester, "voice/orders.toml", CASES)
    return pytester


def put(project: pytest.Pytester, name: str, text: str) -> Path:
    path = project.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_each_fixture_is_a_test_that_fails_with_file_and_line(project: pytest.Pytester) -> None:
    ran = project.runpytest("-v")
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(
        [
            "voice/orders.toml::order nappies (line 1) PASSED*",
            "voice/orders.toml::order nappies (line 5) FAILED*",
            "voice/orders.toml:5: \"order nappies\": intent: expected 'OtherIntent', got 'OrderItemIntent'*",
        ]
    )
    ran.stdout.no_fnmatch_line("*Traceback*")
    ran.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_files_of_every_kind_are_collected_where_they_are_named(project: pytest.Pytester) -> None:
    put(project, "pyproject.toml", OPT_IN.replace('"voice"', '"voice", "sets/*.jsonl"'))
    put(project, "voice/orders.toml", '[[case]]\nsay = "order nappies"\nintent = "OrderItemIntent"\n')
    put(project, "voice/more.yaml", "case:\n  - say: order nappies\n    intent: OrderItemIntent\n")
    put(project, "voice/replay.json", '{"type": "text", "userInput": ["order nappies"]}')
    put(project, "sets/a.jsonl", '{"text": "order nappies", "intent": "OrderItemIntent"}\n')
    project.runpytest("-q").assert_outcomes(passed=3)
    ran = project.runpytest("-q", "-rs", "voice/replay.json")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(["*there is only a model, which cannot tell: what is answered*"])


def test_a_model_on_the_command_line_takes_the_files_named_there(project: pytest.Pytester) -> None:
    (project.path / "pyproject.toml").unlink()
    project.runpytest("-q", "--restock-model", "models/en-US.json", "voice/orders.toml").assert_outcomes(
        passed=1, failed=1
    )


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("voice/orders.toml", "[[case]]\nsay = 1\n", "voice/orders.toml:2: say: must be a text in quotes*"),
        ("models/en-US.json", "[]", "*models/en-US.json: expected an interaction model, found a list"),
    ],
)
def test_a_broken_file_is_one_line(project: pytest.Pytester, name: str, text: str, line: str) -> None:
    put(project, name, text)
    ran = project.runpytest("-q")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([line])
    ran.stdout.no_fnmatch_line("*Traceback*")


def test_a_skill_that_is_not_there_fails_its_fixtures_in_one_line(project: pytest.Pytester) -> None:
    put(project, "voice/orders.toml", '[[case]]\nsay = "order nappies"\nspeech = "X"\n')
    ran = project.runpytest("-q", "--restock-endpoint", "http://127.0.0.1:9/")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*the skill raised SkillUnreachable: http://127.0.0.1:9/ cannot be reached*"])
    ran = project.runpytest("-q", "--restock-endpoint", "nowhere")
    ran.stdout.fnmatch_lines(["*An endpoint is an http or https address, not 'nowhere'*"])


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ('restock_fixtures = ["absent"]', "*restock_fixtures: *absent: there is no such file or folder*"),
        ('restock_fixtures = ["voice"]\nrestock_chain_port = "x"', "*restock_chain_port: 'x' is no port*"),
    ],
)
def test_a_wrong_setting_is_one_line(project: pytest.Pytester, setting: str, line: str) -> None:
    put(project, "pyproject.toml", f"[tool.pytest.ini_options]\n{setting}\n")
    ran = project.runpytest("-q")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([line])


def test_a_project_that_did_not_ask_is_left_alone(project: pytest.Pytester) -> None:
    (project.path / "pyproject.toml").unlink()
    put(
        project,
        "test_loaded.py",
        "import sys\n\n\ndef test_loaded():\n"
        '    found = sorted(name for name in sys.modules if name.split(".")[0] in ("skill", "typer"))\n'
        '    assert found == ["skill", "skill.cli", "skill.cli.pytest_plugin"]\n',
    )
    ran = project.runpytest_subprocess("-q")
    ran.assert_outcomes(passed=1)


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    plugin = importlib.import_module(declared["entry-points"]["pytest11"]["restock"])
    assert callable(plugin.pytest_collect_file)
