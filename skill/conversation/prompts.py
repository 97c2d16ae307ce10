"""Renders prompts: a prompt key and values become SSML, plain speech, a reprompt and a card."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, StrictUndefined, Template, TemplateError
from jinja2 import pass_context as with_context
from jinja2.runtime import Context
from markupsafe import Markup

from skill.conversation import locale_files
from skill.conversation.locale_files import Card, LocaleTexts, PromptText
from skill.conversation.wording import Wording

SPEECH_LIMIT = 8_000
"""Characters that Alexa takes in one outputSpeech, by its own error text; cards keep the same limit."""
FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML 1.0 does not allow in a document, lone surrogates among it."""
PIECES = re.compile(r"<[^>]*>|&[^;\s]*;|.", re.DOTALL)
SENTENCE_ENDS = (".", "!", "?")
WORDING = (
    *("money", "number", "list", "date", "clock", "span", "ago"),
    *("plural", "items", "ordinal", "amount", "place"),
)


class PromptError(LookupError):
    """A prompt cannot be rendered: `key` is unknown, a value is missing or of the wrong kind."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key


@dataclass(frozen=True)
class Rendered:
    """A prompt ready to be said. `speech` is the plain text of `ssml`; `variants` how many there are."""

    ssml: str
    speech: str
    variants: int
    reprompt_ssml: str | None = None
    card: dict[str, str] | None = None


class Prompts:
    """The prompts of one locale. Each template is compiled when it is first used and then kept."""

    def __init__(self, texts: LocaleTexts, wording: Wording) -> None:
        self._texts = texts
        self._spoken = environment(wording, autoescape=True)
        self._plain = environment(wording, autoescape=False)
        self._compiled: dict[tuple[bool, str], Template] = {}

    def render(self, key: str, values: Mapping[str, object], variant: int = 0) -> Rendered:
        """Render the prompt `key`, the variant counted modulo the number of variants.

        Values are text, numbers or what a filter takes; text is escaped, and what XML forbids is removed.
        Raises PromptError for an unknown key, and for a value that is missing, None or of the wrong kind.
        """
        prompt = self._prompt(key)
        try:
            return self._render(prompt, values, variant)
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise PromptError(key, str(error)) from error

    def variants(self, key: str) -> int:
        """How many variants the prompt has. Raises PromptError for an unknown key."""
        return len(self._prompt(key).speech)

    def _prompt(self, key: str) -> PromptText:
        prompt = self._texts.prompts.get(key)
        if prompt is None:
            raise PromptError(key, f"no such prompt in {self._texts.locale}")
        return prompt

    def _render(self, prompt: PromptText, values: Mapping[str, object], variant: int) -> Rendered:
        ssml = self._ssml(prompt.speech[variant % len(prompt.speech)], values)
        reprompt = None
        if prompt.reprompt:
            reprompt = self._ssml(prompt.reprompt[variant % len(prompt.reprompt)], values)
        card = self._card(prompt.card, values) if prompt.card else None
        return Rendered(ssml, plain(ssml), len(prompt.speech), reprompt, card)

    def _ssml(self, source: str, values: Mapping[str, object]) -> str:
        room = SPEECH_LIMIT - len("<speak></speak>")
        return f"<speak>{shortened(self._fill(source, values, True).strip(), room)}</speak>"

    def _card(self, card: Card, values: Mapping[str, object]) -> dict[str, str]:
        title = self._fill(card.title, values, False)
        text = self._fill(card.text, values, False)
        return {"title": title, "text": text[: SPEECH_LIMIT - len(title)]}

    def _fill(self, source: str, values: Mapping[str, object], spoken: bool) -> str:
        template = self._compiled.get((spoken, source))
        if template is None:
            template = (self._spoken if spoken else self._plain).from_string(source)
            self._compiled[spoken, source] = template
        return template.render(values)


@cache
def for_locale(locale: str) -> Prompts:
    """The prompts of an available locale, made once per process."""
    texts = locale_files.load_spoken(locale)
    return Prompts(texts, Wording(texts))


def environment(wording: Wording, autoescape: bool) -> Environment:
    """A Jinja environment whose filters are the wording's; `day` reads the value `today` by itself."""
    made = Environment(autoescape=autoescape, undefined=StrictUndefined, finalize=_clean)
    made.filters.update({name: getattr(wording, name) for name in WORDING})
    made.filters["day"] = _day_filter(wording)
    return made


def plain(ssml: str) -> str:
    """The words of SSML: tags removed, entities decoded, white space collapsed."""
    return " ".join(Markup(re.sub(r"<[^>]*>", "", ssml)).unescape().split())


def shortened(body: str, limit: int) -> str:
    """SSML of at most `limit` characters: cut behind a sentence, else a word; open tags are closed."""
    if len(body) <= limit:
        return body
    anywhere = word = sentence = (0, "")
    position, before = 0, ""
    closers: list[str] = []
    for piece in PIECES.findall(body):
        cut = (position, "".join(reversed(closers)))
        if position + len(cut[1]) > limit:
            break
        anywhere = cut
        if piece.isspace():
            sentence, word = (cut if before in SENTENCE_ENDS else sentence), cut
        _track(closers, piece)
        position, before = position + len(piece), piece
    # A far too early sentence end would lose more than it keeps whole.
    end, closing = next((cut for cut in (sentence, word) if cut[0] > limit // 2), anywhere)
    return body[:end] + closing


def _track(closers: list[str], piece: str) -> None:
    """Keep the closing tags that `piece` makes necessary."""
    if piece.startswith("</"):
        closers.pop()
    elif piece.startswith("<") and not piece.endswith("/>"):
        closers.append(f"</{piece[1:-1].split()[0]}>")


def _clean(value: object) -> object:
    """What a template writes for a value: never None, and nothing that XML forbids."""
    if value is None:
        raise ValueError("a value is None")
    text = FORBIDDEN.sub("", value if isinstance(value, str) else str(value))
    return Markup(text) if isinstance(value, Markup) else text


def _day_filter(wording: Wording) -> Callable[..., str]:
    @with_context
    def day(context: Context, value: dt.date) -> str:
        return wording.day(value, context["today"])

    return day
