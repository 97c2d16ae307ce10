"""What a studio stands in: the skill, its models, and who lives in the home in front of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skill.conversation.turn import Answer, Turn
from skill.simulator.account import Account, Person, sample_profile
from skill.simulator.device import Skill
from skill.simulator.skill_model import SkillModel, skill_model
from skill.simulator.studio_suggestions import Suggestions
from skill.understanding.model import read_model

Observer = Callable[[Turn, Answer], None]


class StudioModels:
    """The skill's interaction models in the locales that it speaks, each compiled at first use.

    `raw` gives the JSON of a locale's model, `examples` sentences worth trying in it. The first of `locales`
    is where a studio begins.
    """

    def __init__(
        self,
        locales: Iterable[str],
        raw: Callable[[str], Mapping[str, Any]],
        examples: Callable[[str], Iterable[str]] = lambda _: (),
    ) -> None:
        self.locales = tuple(locales)
        self._raw = raw
        self._examples = examples
        self._models: dict[str, SkillModel] = {}
        self._suggestions: dict[str, Suggestions] = {}

    def skill(self, locale: str) -> SkillModel:
        """The compiled model. Raises LookupError for a locale that is not spoken, ModelError."""
        self._check(locale)
        if locale not in self._models:
            self._models[locale] = skill_model(self._raw(locale), locale)
        return self._models[locale]

    def suggestions(self, locale: str) -> Suggestions:
        """What can be said in a locale. Raises LookupError for one that is not spoken, ModelError."""
        self._check(locale)
        if locale not in self._suggestions:
            model, language = read_model(self._raw(locale)), locale.split("-")[0]
            self._suggestions[locale] = Suggestions(model, language, self._examples(locale))
        return self._suggestions[locale]

    def _check(self, locale: str) -> None:
        if locale not in self.locales:
            raise LookupError(f"{locale!r} is not spoken here; there are {', '.join(self.locales)}.")


def _account(name: str | None) -> Account:
    user_id = "amzn1.ask.account.offline" + (f".{name.casefold()}" if name else "")
    return Account(user_id, profile=sample_profile(name))


def _person(name: str) -> Person:
    return Person(f"amzn1.ask.person.offline.{name.casefold()}", sample_profile(name))


@dataclass(frozen=True)
class House:
    """The skill as it is reached from one home, and what the home knows of its people.

    `account` gives a new Account of a user by name (None: the usual one), `person` somebody whose voice the
    devices recognise; both raise LookupError for a name they do not know. `zone` is the IANA zone of an Alexa
    user id, `users` names those who may be asked for. `state` shows what the skill keeps for an Alexa user
    id and a person id (orders, points, diary), `counts` how many rows of each kind there are; None where
    nobody can tell. `observe` attaches a witness of the answers behind the wire, in process. `world` names
    the fixtures' starting state that the home is a fresh copy of, if it is; `remote` says that the skill is
    not in this process.
    """

    handle: Skill
    models: StudioModels
    skill_id: str
    account: Callable[[str | None], Account] = _account
    person: Callable[[str], Person] = _person
    zone: Callable[[str], str] = lambda _: "America/New_York"
    users: Callable[[], list[str]] = list
    state: Callable[[str, str | None], dict[str, Any]] | None = None
    counts: Callable[[], Mapping[str, int]] | None = None
    observe: Callable[[Observer], None] = field(default=lambda _: None)
    world: str | None = None
    remote: bool = False
