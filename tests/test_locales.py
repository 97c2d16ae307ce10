"""The texts of all languages together: nothing missing, nothing stale, nothing said that no fixture holds."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from skill import bootstrap, features, interaction_model
from skill.cli.root import app, run
from skill.conversation import locale_files
from skill.conversation.declare import BUILT_IN_PREFIX
from skill.interaction_model import NO_MODEL_SUFFIX
from skill.simulator.fixture_files import find, read

ROOT = Path(__file__).parents[1]
LOCALES = locale_files.available_locales()
FIXTURES = [ROOT / "tests/utterances", ROOT / "tests/conversations"]
KEY = re.compile(r"[A-Z][A-Za-z]+\.[a-z][a-z_]*")
FAMILY = re.compile(r"([A-Z][A-Za-z]+\.)(\{[a-z_()]+\})")

SAMPLES = 15
NOT_EVERYDAY: Mapping[str, str] = {
    "GiveVoiceCodeIntent": "an answer to a question, so it has slot samples",
}
"""Intents that need fewer samples, with the reason."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "FindProductIntent.{outcome}": ("found", "several"),
    "LastActivityIntent.{activity}": ("feeding", "diaper"),
    "LogDiaperIntent.{outcome}": ("logged", "again"),
    "LogFeedingIntent.{outcome}": ("logged", "again"),
    "OrderStatusIntent.{outcome}": (
        "accepted",
        "cancel_requested",
        "delivered",
        "late",
        "ordered",
        "part_shipped",
        "refunded",
        "refused",
        "return_requested",
        "returned",
        "shipped",
        "unknown",
    ),
    "YesIntent.{prompt}": (
        "order_part_refused",
        "order_placed",
        "order_placed_and_code",
        "order_refused",
        "order_unknown",
    ),
    "YesIntent.{outcome}": ("cancel_refused", "cancel_requested", "order_cancelled"),
}
"""Keys that the code puts together, by the f-string as it is written."""

NO_SENTENCE_LEADS_THERE: Mapping[str, str] = {
    "YesIntent.verify_person": "said before Alexa asks; heard in tests/conversations/verify_person.en.toml",
    "Mail.order_placed": "a letter: tests/worker/test_mail.py",
    "Mail.subscription_run": "a letter: tests/orders/test_subscriptions.py",
    "Mail.reminder": "what Alexa says when it rings: tests/alexa/test_reminders.py",
    "SetReminderIntent.not_here": "a face without reminders: tests/alexa/test_reminders.py",
    "Error.internal": "a fault of ours: tests/alexa/test_adapter.py",
    "Error.unavailable": "the database is out of reach: tests/test_bad_input.py",
    "YesIntent.nothing_open": "attributes of another household: tests/conversation/test_dispatcher.py",
    "YesIntent.already_answered": "session attributes sent twice: tests/conversation/test_dispatcher.py",
    "Error.request_reused": "another request under a known id: tests/conversation/test_dispatcher.py",
}
"""Keys without a fixture, with the reason and the test that has them."""


@cache
def sources() -> Mapping[Path, ast.Module]:
    paths = sorted((ROOT / "skill").rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def passed_over(module: ast.Module) -> set[int]:
    """Strings that look like keys and are none: docstrings, and the "Intent.slot" of `elicit`."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Expr):
            found.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg == "elicit":
            found.add(id(node.value))
    return found


def literals() -> Iterator[str]:
    """Every prompt key that the code writes out."""
    for module in sources().values():
        others = passed_over(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in others:
                yield from KEY.findall(node.value) if KEY.fullmatch(node.value) else ()


def families() -> set[str]:
    """Every f-string of the code that makes prompt keys, as it is written."""
    written = {
        ast.unparse(node)[2:-1]
        for module in sources().values()
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr)
    }
    return {text for text in written if FAMILY.fullmatch(text)}


def used() -> set[str]:
    made = {name.partition("{")[0] + outcome for name, ends in FAMILIES.items() for outcome in ends}
    return made | set(literals())


def require_none(found: list[str]) -> None:
    assert not found, "\n".join(found)


def test_alexa_would_take_the_models_and_every_text_has_its_place() -> None:
    require_none(bootstrap.model_problems())


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_two_languages_have_the_same_prompts_values_and_examples(locale: str) -> None:
    require_none(interaction_model.parity(locale_files.load(LOCALES[0]), locale_files.load(locale)))


def test_the_committed_models_are_fresh(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = run(lambda: app(["models", "--check"], standalone_mode=False))
    assert (code, *capsys.readouterr()) == (0, "", "")


def test_there_is_no_model_of_a_language_that_is_not_spoken() -> None:
    there = {path.stem for path in (ROOT / "interaction_models").glob("*.json")}
    assert there <= set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_everyday_intent_has_enough_samples(locale: str) -> None:
    samples = locale_files.load(locale).samples
    names = [
        intent.short_name
        for intent in features.declarations().intents.values()
        if not intent.name.startswith(BUILT_IN_PREFIX) and not intent.name.endswith(NO_MODEL_SUFFIX)
    ]
    counts = {name: len(samples.get(name, [])) for name in names if name not in NOT_EVERYDAY}
    require_none([f"{name}: {number} samples" for name, number in counts.items() if number < SAMPLES])


def test_the_keys_that_code_puts_together_are_listed() -> None:
    assert families() == set(FAMILIES)


def test_every_key_of_the_code_has_a_prompt() -> None:
    require_none(sorted(used() - set(locale_files.load(LOCALES[0]).prompts)))


def test_every_prompt_is_said_somewhere() -> None:
    texts = locale_files.load(LOCALES[0])
    require_none([f"{texts.files[key]}: {key}" for key in sorted(set(texts.prompts) - used())])


@pytest.mark.parametrize("language", sorted({locale.split("-")[0] for locale in LOCALES}))
def test_every_reply_has_a_fixture(language: str) -> None:
    held = {
        step.reply
        for path in find(FIXTURES)
        for fixture in read(path)
        for step in fixture.steps
        if (step.locale or fixture.locale).split("-")[0] == language
    }
    require_none(sorted(used() - held - set(NO_SENTENCE_LEADS_THERE)))


def test_what_is_excused_from_a_fixture_is_there() -> None:
    assert set(NO_SENTENCE_LEADS_THERE) <= used()


def test_every_example_that_the_code_teaches_is_there() -> None:
    """Examples are named "feature.name", in `Say(...)`, in BASIC_EXAMPLES and by `teach` functions."""
    examples = locale_files.load(LOCALES[0]).examples
    named_features = {name.partition(".")[0] for name in examples}
    named = {
        node.value
        for module in sources().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(rf"(?:{'|'.join(named_features)})\.[a-z_]+", node.value)
    }
    kinds = {
        kind for table in (features.declarations().yes, features.declarations().resume) for kind in table
    }
    require_none(sorted(named - set(examples) - kinds))
    require_none(sorted(set(examples) - named))
