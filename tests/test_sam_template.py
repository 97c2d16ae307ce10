"""What `sam validate --lint` does not check: it takes any runtime and any event type as valid (measured)."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "sam-template.yaml"
LOCK = ROOT / "requirements.lock"
WHEELS: Any = json.loads((ROOT / "tests/data/lambda_wheels.json").read_text())
GLIBC_MINOR = 34  # Amazon Linux 2023, under Lambda's python3.12 and later
LAMBDA = {
    "implementation_name": "cpython",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}


def block(lines: list[str]) -> dict[str, Any]:
    """The nested mappings of a YAML block, values as text; list items and what they hold are left out."""
    found: dict[str, Any] = {}
    while lines:
        line = lines.pop(0)
        indent = len(line) - len(line.lstrip())
        inner = []
        while lines and len(lines[0]) - len(lines[0].lstrip()) > indent:
            inner.append(lines.pop(0))
        key, _, value = line.strip().partition(":")
        if not key.startswith("-"):
            found[key] = value.strip() or block(inner)
    return found


def read_template() -> dict[str, Any]:
    lines = [line.partition(" #")[0].rstrip() for line in TEMPLATE.read_text().splitlines()]
    return block([line for line in lines if line.strip()])


RESOURCES = read_template()["Resources"]
SHARED = read_template()["Globals"]["Function"]
SKILL = RESOURCES["SkillFunction"]["Properties"]
WORKER = RESOURCES["WorkerFunction"]["Properties"]


def test_both_functions_run_our_handler_on_the_runtime_that_was_measured() -> None:
    assert SHARED["Runtime"] == "python3.13"
    assert SHARED["Architectures"] == "[x86_64]"
    assert SHARED["Handler"] == "skill.lambda_handler.handler"
    assert not {"Runtime", "Architectures", "Handler"} & {*SKILL, *WORKER}


def test_alexa_may_invoke_the_skill_function_for_our_skill_only() -> None:
    assert SKILL["Events"] == {"Alexa": {"Type": "AlexaSkill", "Properties": {"SkillId": "!Ref SkillId"}}}
    assert SHARED["Environment"]["Variables"]["RESTOCK_SKILL_ID"] == "!Ref SkillId"
    assert "Default" not in read_template()["Parameters"]["SkillId"]


def test_the_skill_function_answers_within_alexas_eight_seconds_from_a_snapshot() -> None:
    assert int(SKILL["Timeout"]) < 8
    assert SKILL["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert SKILL["AutoPublishAlias"] == "live"


def test_the_worker_runs_every_five_minutes_and_never_twice_at_once() -> None:
    (event,) = WORKER["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(5 minutes)"}}
    assert WORKER["ReservedConcurrentExecutions"] == "1"


def test_the_database_address_comes_from_a_secret_and_production_cannot_be_left() -> None:
    variables = SHARED["Environment"]["Variables"]
    assert variables["RESTOCK_DATABASE_URL"].startswith('!Sub "{{resolve:secretsmanager:')
    assert variables["RESTOCK_ENV"] == "production"
    assert not [name for name in variables if name.startswith("RESTOCK_TEST")]


def test_the_one_role_allows_nothing_but_logs_and_the_network() -> None:
    text = TEMPLATE.read_text()
    actions = set(re.findall(r"\b(?!AWS)(\w+):(?!:)([A-Z*]\w*)", text[text.index("  FunctionRole:\n") :]))
    assert actions == {
        ("sts", "AssumeRole"),
        ("logs", "CreateLogStream"),
        ("logs", "PutLogEvents"),
        ("ec2", "CreateNetworkInterface"),
        ("ec2", "DescribeNetworkInterfaces"),
        ("ec2", "DescribeSubnets"),
        ("ec2", "DeleteNetworkInterface"),
    }
    assert [name for name, each in RESOURCES.items() if each["Type"] == "AWS::IAM::Role"] == ["FunctionRole"]
    assert SKILL["Role"] == WORKER["Role"] == "!GetAtt FunctionRole.Arn"
    assert not {"Policies", "ManagedPolicyArns"} & {*SKILL, *WORKER}


def test_logs_do_not_stay_for_ever() -> None:
    for name, properties in (("SkillLogs", SKILL), ("WorkerLogs", WORKER)):
        assert properties["LoggingConfig"]["LogGroup"] == f"!Ref {name}"
        assert int(RESOURCES[name]["Properties"]["RetentionInDays"]) <= 30


def locked() -> dict[str, str]:
    """The names and versions that requirements.lock asks for on Lambda."""
    lines = re.findall(r"^(\S+==[^\\\n]+)", LOCK.read_text(), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in wanted
        if each.marker is None or each.marker.evaluate(LAMBDA)
    }


def runnable() -> set[Tag]:
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in range(GLIBC_MINOR, 4, -1)]
    platforms += ["manylinux2014_x86_64"]
    return {*cpython_tags((3, 13), ["cp313"], platforms), *compatible_tags((3, 13), "cp313", platforms)}


def test_the_list_of_wheels_belongs_to_this_lock() -> None:
    assert WHEELS["lock_sha256"] == sha256(LOCK.read_bytes()).hexdigest(), "run `make lambda-wheels`"


def test_every_locked_requirement_has_a_wheel_that_runs_on_lambda() -> None:
    lock, found, tags = LOCK.read_text(), {}, runnable()
    for name, digest in WHEELS["wheels"].items():
        project, version, _build, wheel_tags = parse_wheel_filename(name)
        found[project] = str(version)
        assert wheel_tags & tags, f"{name} does not run on Lambda's python3.13"
        assert f"sha256:{digest}" in lock, f"{name} is not in requirements.lock"
    assert found == locked()
