"""docs/http-api.yaml against the program: every route, every reason, and what requests may hold."""

import re
from pathlib import Path

import pytest
from flask import Flask

from skill.web import api, api_views, api_wire
from skill.web.api_wire import SPOKEN
from tests.web.api_contract import contract, faults
from tests.web.web_home import web_home

METHODS = {"get", "post", "delete"}
REASON = re.compile(r'(?:Problem|problem)\(\s*[0-9]{3},\s*"([a-z_]+)"')
ELSEWHERE = {"body_encoding", "body_json", "body_shape", "body_size", "internal_server_error"} | {
    "child_mode",
    "method_not_allowed",
    "malformed",
    "not_allowed",
    "not_found",
    "refused",
    "terms_changed",
}
"""Reasons that the envelope parser, Flask, or an expression gives."""


def test_the_contract_names_every_route_and_no_other(demo_file: Path, tmp_path: Path) -> None:
    told = {
        (path, method, one["operationId"])
        for path, methods in contract()["paths"].items()
        for method, one in methods.items()
    }
    with web_home(demo_file, tmp_path) as home:
        assert told == set(routes(home.flask))


def routes(app: Flask) -> list[tuple[str, str, str]]:
    return [
        (re.sub(r"<uuid:(\w+)>", r"{\1}", rule.rule), method.lower(), rule.endpoint.removeprefix("api."))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods or ()
        if method.lower() in METHODS
    ]


def test_the_contract_lists_every_reason_and_no_other() -> None:
    told = set(contract()["components"]["schemas"]["Problem"]["properties"]["reason"]["enum"])
    sources = "".join(Path(str(module.__file__)).read_text() for module in (api, api_views, api_wire))
    given = set(REASON.findall(sources)) | {reason for _status, reason in SPOKEN.values()}
    repeats = Path(str(api.__file__)).with_name("api_repeats.py").read_text()
    assert told == given | set(REASON.findall(repeats)) | ELSEWHERE


@pytest.mark.parametrize("operation", ["cancel_order", "make_quote", "confirm_quote"])
def test_every_post_needs_an_idempotency_key(operation: str) -> None:
    (found,) = [
        one
        for methods in contract()["paths"].values()
        for method, one in methods.items()
        if one["operationId"] == operation
    ]
    assert {"$ref": "#/components/parameters/Key"} in found["parameters"]


def test_the_contract_takes_and_refuses_the_requests_that_the_program_does() -> None:
    schema = {"$ref": "#/components/schemas/QuoteRequest"}
    for good in ({"of": "usual"}, {"items": [{"product_id": "x"}], "deliberate": True}):
        assert faults(schema, good) == []
    both: dict[str, object] = {"of": "usual", "items": [{"product_id": "x"}]}
    wrong: list[dict[str, object]] = [both, {}, {"items": []}, {"of": "all"}, {"price": 1}]
    for bad in wrong:
        assert faults(schema, bad)
