"""The handler under the real awslambdaric, from an Alexa event to its response, with a private database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from skill import bootstrap, lambda_handler, settings
from skill.alexa.adapter import WrongApplication
from skill.settings import DEVELOPMENT_SKILL_ID, SettingsError
from skill.storage import schema
from skill.storage.engine import make_engine
from skill.storage.errors import DatabaseMissing
from tests.alexa.envelopes import envelope, require_valid
from tests.lambda_runtime_api import RuntimeApi, runtime_api

ROOT = Path(__file__).parents[1]
SCHEDULED = {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
NOT_ON_LAMBDA = (
    *("authlib", "flask", "flask_ask_sdk", "boto3"),
    *("botocore", "rich", "typer", "alembic", "duckdb"),
)


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('lambda')}/restock.db"
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    program = bootstrap.build(settings.load(environment(url)))
    bootstrap.seed_demo(program)
    program.database.engine.dispose()
    return url


def environment(url: str) -> dict[str, str]:
    return {
        "RESTOCK_ENV": "production",
        "RESTOCK_SKILL_ID": DEVELOPMENT_SKILL_ID,
        "RESTOCK_DATABASE_URL": url,
    }


@contextmanager
def runtime(url: str, **more: str) -> Iterator[RuntimeApi]:
    """awslambdaric in a process of its own, serving our handler from the Runtime API."""
    with runtime_api() as api:
        variables = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.port}",
            "AWS_LAMBDA_FUNCTION_NAME": "restock",
            "AWS_REGION": "us-east-1",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
        }
        command = [sys.executable, "-m", "awslambdaric", "skill.lambda_handler.handler"]
        environ = {**os.environ, **environment(url), **variables, **more}
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        try:
            yield api
        finally:
            process.kill()
            process.wait()


def test_the_real_runtime_answers_alexa_and_runs_the_worker(database_url: str) -> None:
    with runtime(database_url) as api:
        kind, launched = api.ask(envelope("launch"))
        assert kind == "response"
        require_valid(launched)
        assert launched["response"]["shouldEndSession"] is False
        kind, worked = api.ask(SCHEDULED)
        assert kind == "response"
        assert "households" in worked
        foreign = envelope("launch")
        foreign["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.another"
        kind, failed = api.ask(foreign)
        assert (kind, failed["errorType"]) == ("error", "WrongApplication")
        kind, again = api.ask(envelope("intent_static_match"))
        assert kind == "response"
        require_valid(again)


def test_a_first_request_without_a_database_is_apologised_for(tmp_path: Path) -> None:
    with runtime(f"sqlite:///{tmp_path}/absent.db") as api:
        kind, apology = api.ask(envelope("launch"))
        assert kind == "response"
        require_valid(apology)
        assert apology["response"]["shouldEndSession"] is True
        kind, failed = api.ask(SCHEDULED)
        assert (kind, failed["errorType"]) == ("error", "DatabaseMissing")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    lambda_handler.app.cache_clear()
    yield monkeypatch
    lambda_handler.app.cache_clear()


def configure(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name, value in environment(url).items():
        monkeypatch.setenv(name, value)


def test_the_program_is_made_once_and_answers(fresh: pytest.MonkeyPatch, database_url: str) -> None:
    configure(fresh, database_url)
    require_valid(lambda_handler.handler(envelope("intent_static_match"), None))
    assert lambda_handler.app() is lambda_handler.app()
    assert lambda_handler.handler(SCHEDULED, None)["households"] >= 1
    foreign = envelope("launch")
    foreign["session"]["application"]["applicationId"] = "amzn1.ask.skill.another"
    with pytest.raises(WrongApplication):
        lambda_handler.handler(foreign, None)
    lambda_handler.app().database.engine.dispose()


def test_a_snapshot_holds_the_program_but_no_connection(fresh: pytest.MonkeyPatch, database_url: str) -> None:
    configure(fresh, database_url)
    lambda_handler.warm()
    assert lambda_handler.app.cache_info().currsize == 1
    pool = lambda_handler.app().database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() + pool.checkedout() == 0


def test_a_missing_database_is_apologised_for_and_tried_again(
    fresh: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> None:
    configure(fresh, f"sqlite:///{tmp_path}/absent.db")
    for name in ("launch", "can_fulfill", "apl_user_event_intent"):
        require_valid(lambda_handler.handler(envelope(name), None))
    with pytest.raises(DatabaseMissing):
        lambda_handler.handler(envelope("event_skill_disabled"), None)
    configure(fresh, database_url)
    assert lambda_handler.handler(envelope("event_skill_disabled"), None)["response"] == {}
    lambda_handler.app().database.engine.dispose()


def test_a_missing_skill_id_fails_the_deployment(fresh: pytest.MonkeyPatch, database_url: str) -> None:
    configure(fresh, database_url)
    fresh.delenv("RESTOCK_SKILL_ID")
    with pytest.raises(SettingsError):
        lambda_handler.handler(envelope("launch"), None)


def test_nothing_is_imported_that_lambda_does_not_need(database_url: str) -> None:
    program = (
        "import json, sys; from skill.lambda_handler import handler;"
        "handler(json.load(sys.stdin), None);"
        "sys.stdout.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment(database_url)},
        input=json.dumps(envelope("launch")),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded: Any = json.loads(done.stdout)
    assert not set(NOT_ON_LAMBDA) & set(loaded)
