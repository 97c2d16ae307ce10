"""A skill in another language, behind HTTP, with signed requests and Amazon's services; needs Node."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skill.simulator.account import Account, DeviceState
from skill.simulator.amazon import DOWN, AmazonServices
from skill.simulator.device import Device
from skill.simulator.remote import RemoteSkill, SkillRefused
from skill.simulator.signing import ChainHost, Signer
from skill.simulator.skill_model import skill_model

NODE = shutil.which("node")
MODEL: dict[str, Any] = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "corner shop",
            "intents": [{"name": "ZoneIntent", "slots": [], "samples": ["where am i"]}],
            "types": [],
        }
    }
}

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.new(now())


@pytest.fixture(scope="module")
def url(signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Node skill that trusts the signer."""
    folder = tmp_path_factory.mktemp("node")
    signer.save(folder)
    with ChainHost(signer) as host:
        process = subprocess.Popen(
            [str(NODE), str(Path(__file__).parent / "node_skill.mjs")],
            env={"CHAIN_BASE": host.base, "ROOTS": str(folder / "roots.pem")},
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
            process.terminate()


def test_a_node_skill_proves_the_request_and_asks_for_the_time_zone(url: str, signer: Signer) -> None:
    state = DeviceState(zone="Europe/Berlin")
    account = Account("amzn1.ask.account.anna", {state.device_id: state})
    with AmazonServices(account, now) as services:
        device = Device(
            services.around(RemoteSkill(url, signer)),
            skill_model(MODEL, "en-US"),
            account=account,
            state=state,
            skill_id="amzn1.ask.skill.node",
            clock=now,
            services=services,
        )
        first = device.say("ask corner shop where am i")
        assert (first.speech, first.problems) == ("You are in Europe/Berlin.", ())
        assert [(call.service, call.status) for call in first.calls] == [("settings", 200)]
        services.behave("settings", DOWN)
        assert device.say("ask corner shop where am i").speech == "I was told 503."


def test_a_node_skill_refuses_what_is_signed_by_somebody_else(url: str) -> None:
    for stranger in (Signer.new(now()), None):
        with pytest.raises(SkillRefused, match="not from Amazon"):
            RemoteSkill(url, stranger)({"request": {"type": "LaunchRequest"}})
