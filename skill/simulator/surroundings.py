"""What a request tells of the device it comes from: its screen, the account, the person and the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from skill.simulator.account import Screen

API_ENDPOINTS = {"en-US": "https://api.amazonalexa.com", "en-CA": "https://api.amazonalexa.com"}
EUROPE = "https://api.eu.amazonalexa.com"
APL = "Alexa.Presentation.APL"
APL_VERSION = "2024.3"


class Viewport(NamedTuple):
    """A screen in pixels; `mode` is Alexa's ("HUB", "TV"), `touch` whether it can be touched."""

    width: int
    height: int
    dpi: int
    shape: str = "RECTANGLE"
    mode: str = "HUB"
    touch: bool = True


VIEWPORTS: Mapping[Screen, Viewport] = {
    "round": Viewport(480, 480, 160, shape="ROUND"),
    "small": Viewport(960, 480, 160),
    "large": Viewport(1280, 800, 160),
    "tv": Viewport(1920, 1080, 320, mode="TV", touch=False),
}
"""Echo Spot, Echo Show 5, Echo Show 8 and Fire TV, as the APL viewport profiles describe them."""


@dataclass(frozen=True)
class Sender:
    """Which skill, account, device and person a request names; `person_id` only for a recognised voice.

    `access_token` and `person_token` are those of account linking. `endpoint` and `api_token` lead to the
    stand-in services; without them the request names Amazon's own and a token that nobody accepts. `shown`
    is the token of the document on the screen.
    """

    skill_id: str
    user_id: str
    device_id: str
    locale: str
    person_id: str | None = None
    access_token: str | None = None
    person_token: str | None = None
    screen: Screen = "none"
    shown: str | None = None
    endpoint: str | None = None
    api_token: str = "offline"

    @property
    def user(self) -> dict[str, Any]:
        """The account as requests name it."""
        linked = {"accessToken": self.access_token} if self.access_token else {}
        return {"userId": self.user_id, **linked}


def context(sender: Sender, *, of_device: bool = True) -> dict[str, Any]:
    """The request's `context`; skill events happen in the account and so have none `of_device`."""
    found: dict[str, Any] = {"System": _system(sender, of_device=of_device)}
    if of_device and sender.screen != "none":
        found |= _viewport(VIEWPORTS[sender.screen])
        if sender.shown is not None:
            found[APL] = {"token": sender.shown, "version": APL_VERSION, "componentsVisibleOnScreen": []}
    return found


def _system(sender: Sender, *, of_device: bool) -> dict[str, Any]:
    system: dict[str, Any] = {
        "application": {"applicationId": sender.skill_id},
        "user": sender.user,
        "apiEndpoint": sender.endpoint or API_ENDPOINTS.get(sender.locale, EUROPE),
        "apiAccessToken": sender.api_token,
    }
    if of_device:
        shows = {APL: {"runtime": {"maxVersion": APL_VERSION}}} if sender.screen != "none" else {}
        system["device"] = {"deviceId": sender.device_id, "supportedInterfaces": shows}
    if sender.person_id:
        linked = {"accessToken": sender.person_token} if sender.person_token else {}
        system["person"] = {"personId": sender.person_id, **linked}
    return system


def _viewport(screen: Viewport) -> dict[str, Any]:
    """Both forms in which a screen is described: the older Viewport and the newer list of Viewports."""
    video = {"codecs": ["H_264_42", "H_264_41"]}
    touch = {"touch": ["SINGLE"]} if screen.touch else {}
    older = {
        "experiences": [
            {"arcMinuteWidth": 246, "arcMinuteHeight": 144, "canRotate": False, "canResize": False}
        ],
        "mode": screen.mode,
        "shape": screen.shape,
        "pixelWidth": screen.width,
        "pixelHeight": screen.height,
        "dpi": screen.dpi,
        "currentPixelWidth": screen.width,
        "currentPixelHeight": screen.height,
        "video": video,
        **touch,
    }
    size = {"type": "DISCRETE", "pixelWidth": screen.width, "pixelHeight": screen.height}
    newer = {
        "type": "APL",
        "id": "main",
        "shape": screen.shape,
        "dpi": screen.dpi,
        "presentationType": "STANDARD",
        "canRotate": False,
        "configuration": {"current": {"mode": screen.mode, "video": video, "size": size}},
    }
    return {"Viewport": older, "Viewports": [newer]}
