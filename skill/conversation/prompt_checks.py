"""What can be told of prompts without rendering them: the values they ask for, faults of their templates."""

import re
from xml.etree import ElementTree

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from skill.conversation.locale_files import PromptText
from skill.conversation.prompts import WORDING

JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
SSML_FRAME = '<speak xmlns:amazon="amazon" xmlns:alexa="alexa">{}</speak>'


def placeholders(prompt: PromptText) -> frozenset[str]:
    """The names of all values that the prompt's templates ask for. Raises TemplateSyntaxError."""
    return frozenset().union(*(_asked_for(source) for source in _sources(prompt)))


def template_faults(prompt: PromptText) -> list[str]:
    """What is wrong with the templates: syntax, an unknown filter, or text that is no well-formed SSML."""
    faults = []
    for source in _sources(prompt):
        try:
            _asked_for(source)
        except TemplateSyntaxError as error:
            faults.append(f"{error.message}: {source}")
    for source in (*prompt.speech, *prompt.reprompt):
        try:
            ElementTree.fromstring(SSML_FRAME.format(JINJA.sub("x", source)))
        except ElementTree.ParseError as error:
            faults.append(f"no well-formed SSML, {error}: {source}")
    return faults


def _asked_for(source: str) -> set[str]:
    reader = Environment(autoescape=True)
    reader.filters.update(dict.fromkeys((*WORDING, "day"), str))
    tree = reader.parse(source)
    dated = any(node.name == "day" for node in tree.find_all(nodes.Filter))
    return meta.find_undeclared_variables(tree) | ({"today"} if dated else set())


def _sources(prompt: PromptText) -> tuple[str, ...]:
    card = (prompt.card.title, prompt.card.text) if prompt.card else ()
    return (*prompt.speech, *prompt.reprompt, *card)
