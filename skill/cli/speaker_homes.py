"""The homes in which the speaker page opens a studio: the one on this computer, and the fixtures' worlds."""

from contextlib import AbstractContextManager
from functools import partial

from skill import bootstrap
from skill.cli.talk_house import own_studio, world_studio
from skill.conversation.locale_files import DEFAULT_LOCALE
from skill.settings import Settings
from skill.simulator.studio import Studio
from skill.simulator.studio_clock import StudioClock
from skill.web.speaker.sessions import Homes
from skill.worlds import WORLDS

OWN = "the home on this computer"


def speaker_homes(settings: Settings) -> Homes:
    """Makers of studios by the home's name; each begins at the real time."""
    return {OWN: partial(_own, settings), **{f"fixtures: {name}": partial(_world, name) for name in WORLDS}}


def _own(settings: Settings) -> AbstractContextManager[Studio]:
    return own_studio(settings, StudioClock(bootstrap.system_clock), DEFAULT_LOCALE)


def _world(name: str) -> AbstractContextManager[Studio]:
    return world_studio(name, StudioClock(bootstrap.system_clock), DEFAULT_LOCALE)
