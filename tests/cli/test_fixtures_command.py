"""`restock fixtures` on our own skill, on another's model, and on a skill behind an address."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest

from skill.cli.fixture_runs import run_in_worlds
from skill.simulator.fixture_files import read
from tests.cli.speaking import ROOT, Restock
from tests.simulator.fake_skill import MODEL, FakeSkill

OTHER_MODEL = ROOT / "tests" / "data" / "models" / "babysteps.json"


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_yaml_replays_and_annotations_run_beside_toml(restock: Restock) -> None:
    toml = written("a.toml", '[[case]]\nsay = "how many points do I have"\nintent = "CheckPointsIntent"\n')
    yaml = written(
        "b.yaml",
        "conversation:\n  - turn:\n      - say: reorder my usual\n        effects: {orders: 0}\n"
        "      - say: yes\n        effects: {orders: 1}\n        calls: []\n",
    )
    replay = written(
        "c.json", json.dumps({"type": "text", "userInput": ["open corner shop", "stop", ".quit"]})
    )
    notes = written("d.csv", "utterance,intent\nhow many points do I have,CheckPointsIntent\n")
    ran = restock("fixtures", toml, yaml, replay, notes)
    assert (ran.code, ran.out) == (0, "4 passed, 0 failed\n")


def test_another_model_is_asked_what_sentences_mean(restock: Restock) -> None:
    path = written(
        "set.toml",
        '[[case]]\nsay = "say hi world"\nintent = "HelloWorldIntent"\nspeech = "Hi."\n'
        '[[case]]\nsay = "hello"\nintent = "AMAZON.HelpIntent"\n',
    )
    ran = restock("fixtures", "--model", str(OTHER_MODEL), "--report", path)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == (
        "set.toml:5: \"hello\": intent: expected 'AMAZON.HelpIntent', got 'HelloWorldIntent' (exact)"
    )
    assert lines[2].split() == ["AMAZON.HelpIntent", "1", "0", "HelloWorldIntent", "1"]
    assert lines[-1] == "1 passed, 1 failed"
    assert ran.err == "restock: not looked at, as it takes the skill in this process: speech 1\n"


def test_json_has_all_of_it(restock: Restock) -> None:
    path = written(
        "set.jsonl", '{"text": "say hi world", "intent": "HelloWorldIntent"}\n{"text": "hi", "intent": "A"}\n'
    )
    ran = restock("fixtures", "--model", str(OTHER_MODEL), "--json", "--report", path)
    found = json.loads(ran.out)
    assert (ran.code, found["passed"], found["failed"], found["unchecked"]) == (1, 1, 1, {})
    assert found["failures"] == [
        {
            "path": "set.jsonl",
            "line": 2,
            "say": "hi",
            "reason": "intent: expected 'A', got 'HelloWorldIntent' (exact)",
        }
    ]
    assert found["report"]["intents"]["A"] == {"sentences": 1, "right": 0, "heard": {"HelloWorldIntent": 1}}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--model", "absent.json", "a.toml"], "absent.json"),
        (["--endpoint", "nowhere", "a.toml"], "--endpoint: An endpoint is an http or https address"),
        (["--locale", "fr-FR", "a.toml"], "--locale: 'fr-FR' is not spoken here"),
        (["absent.toml"], "absent.toml: there is no such file or folder"),
        ([], "PATH: name files or folders of fixtures; there is neither tests/utterances nor tests/conv"),
        (["--junit", "a.toml/x/report.xml", "a.toml"], "--junit: a.toml/x/report.xml: Not a directory"),
        (["--junit", ".", "a.toml"], "--junit: .: it is a folder, not a file"),
    ],
)
def test_a_wrong_option_is_one_line_and_two(restock: Restock, arguments: list[str], line: str) -> None:
    written("a.toml", '[[case]]\nsay = "hi"\n')
    ran = restock("fixtures", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert line in ran.err
    assert ran.err.count("\n") == 1


def test_a_ci_server_gets_the_outcome_as_junit_xml(restock: Restock) -> None:
    path = written(
        "set.toml",
        '[[case]]\nsay = "say hi world"\nintent = "HelloWorldIntent"\n'
        '[[case]]\nsay = "hello"\nintent = "AMAZON.HelpIntent"\n[[case]]\nsay = "hi"\nspeech = "Hi."\n',
    )
    report = Path("made/for/ci/report.xml")
    ran = restock("fixtures", "--model", str(OTHER_MODEL), "--junit", str(report), path)
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "2 passed, 1 failed")
    root = ElementTree.parse(report).getroot()
    assert [root.get(key) for key in ("tests", "failures", "skipped")] == ["3", "1", "1"]
    (suite,) = root
    assert [(case.get("file"), case.get("line"), [each.tag for each in case]) for case in suite] == [
        ("set.toml", "1", []),
        ("set.toml", "4", ["failure"]),
        ("set.toml", "7", ["skipped"]),
    ]
    assert all(float(str(case.get("time"))) >= 0 for case in suite)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of the small skill of the simulator's tests, which looks at no signature."""
    skill = FakeSkill()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name http.server asks for
            sent: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(skill.handle(sent)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_skill_behind_an_address_is_held_to_what_can_be_heard(
    restock: Restock, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(Path("state").absolute()))
    model = written("en-US.json", json.dumps(MODEL))
    path = written(
        "talk.toml",
        '[[conversation]]\n[[conversation.turn]]\nsay = "order nappies"\nspeech_matches = "12.40"\n'
        'reply = "X.y"\ncalls = []\n[[conversation.turn]]\nsay = "yes"\nspeech = "Well."\n',
    )
    ran = restock("fixtures", "--model", model, "--endpoint", endpoint, path)
    assert (ran.code, ran.out.splitlines()) == (
        1,
        ["talk.toml:7: \"yes\": speech: expected 'Well.', got 'Done.'", "0 passed, 1 failed"],
    )
    assert ran.err == "restock: not looked at, as it takes the skill in this process: reply 1\n"


def test_a_skill_that_is_not_there_fails_its_fixtures(
    restock: Restock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(Path("state").absolute()))
    model = written("en-US.json", json.dumps(MODEL))
    path = written("talk.toml", '[[case]]\nsay = "order nappies"\nspeech = "X"\n')
    ran = restock("fixtures", "--model", model, "--endpoint", "http://127.0.0.1:9/", path)
    assert ran.code == 1
    assert "the skill raised SkillUnreachable: http://127.0.0.1:9/ cannot be reached" in ran.out


def test_several_processes_tell_the_same_in_the_same_order(tmp_path: Path) -> None:
    cases = [
        ("how many points do I have", "CheckPointsIntent.told", "home"),
        ("how many points do I have", "Wrong.one", "new_home"),
        ("reorder my usual", "ReorderUsualIntent.quoted", "home"),
        ("reorder my usual", "Wrong.two", "home"),
    ]
    text = "".join(
        f'[[case]]\nsay = "{say}"\nreply = "{reply}"\nworld = "{world}"\n' for say, reply, world in cases
    )
    path = tmp_path / "a.toml"
    path.write_text(text + '[[case]]\nsay = "help"\nintent = "AMAZON.HelpIntent"\n', encoding="utf-8")
    command = [sys.executable, "-m", "skill", "fixtures", "--json", str(path), "--jobs"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    one, two = (
        subprocess.run(
            [*command, jobs], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        for jobs in ("1", "2")
    )
    assert one.stdout == two.stdout
    failures = json.loads(two.stdout)["failures"]
    assert [failure["line"] for failure in failures if "Wrong" in failure["reason"]] == [5, 13]


def test_a_file_that_is_wrong_is_told_by_other_processes_too(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[[case]]\nsay = "help"\nworld = "nowhere"\n', encoding="utf-8")
    command = [sys.executable, "-m", "skill", "fixtures", str(path), "--jobs", "2"]
    ran = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"restock: {path}:1: world: there is no world called 'nowhere'")
    assert ran.stderr.count("\n") == 1


def test_sentences_alone_touch_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text('{"text": "help", "intent": "AMAZON.HelpIntent"}\n' * 100, encoding="utf-8")
    monkeypatch.setattr("skill.storage.engine.create_engine", None)
    outcomes = run_in_worlds(read(path), jobs=1)
    assert len(outcomes) == 100
    assert all(outcome.failure is None for outcome in outcomes)
