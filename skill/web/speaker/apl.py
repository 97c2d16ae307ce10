"""Reads an APL document for people: its texts, pictures, lists and what can be touched, without its looks.

Follows "APL Document", "Multi-child Component Properties" and the Alexa Layouts of the Alexa documentation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, Literal

from skill.web.speaker.apl_values import Scope, as_text, evaluate

Json = Mapping[str, Any]
Kind = Literal["title", "text", "picture", "list", "group"]

MOST_PARTS = 400
"""A document shows no more than this; what comes after is left out, and said so."""
DEEPEST = 40
"""Levels of components within components."""

PICTURES = ("Image", "VectorGraphic", "Video", "Lottie", "AlexaImage", "AlexaIconButton")
LISTS = ("Sequence", "GridSequence", "FlexSequence", "Pager")
ONE_CHILD = ("Frame", "TouchWrapper", "ScrollView")
TITLES = ("headerTitle", "title", "titleText", "primaryText")
TEXTS = (
    "headerSubtitle", "subtitle", "subtitleText", "bodyText", "text", "secondaryText", "tertiaryText",
    "ratingText", "buttonText", "detailText", "hintText", "footerHintText",
)  # fmt: skip
SOURCES = ("source", "imageSource", "thumbnailImage", "imageThumbnailSource", "iconSource")
ACTIONS = ("onPress", "primaryAction", "buttonAction", "imageAction")


@dataclass(frozen=True)
class Part:
    """One thing to see. `touch` is its number among the screen's touches, None when it cannot be touched."""

    kind: Kind
    text: str = ""
    children: tuple["Part", ...] = ()
    touch: int | None = None
    disabled: bool = False


@dataclass(frozen=True)
class Touch:
    """What a touch sends to the skill: the arguments and the source of Alexa.Presentation.APL.UserEvent."""

    arguments: list[object]
    source: Json
    token: str | None


@dataclass(frozen=True)
class Screen:
    """A document as it is shown; `complete` is False when it was too large to be shown whole."""

    parts: tuple[Part, ...]
    touches: tuple[Touch, ...]
    complete: bool = True


def read(directive: Json, viewport: Json | None = None) -> Screen:
    """What an Alexa.Presentation.APL.RenderDocument directive shows. Never raises.

    `viewport` is the `Viewport` of the request's context; documents ask it for the shape of the screen.
    """
    document = _mapping(directive.get("document"))
    reader = _Reader(_mapping(document.get("layouts")), _optional_text(directive.get("token")))
    if document.get("type") == "Link":
        return Screen((Part("text", f"The document {_text(document.get('src'))} of the skill's store"),), ())
    template = _mapping(document.get("mainTemplate"))
    scope = _scope(template, _mapping(directive.get("datasources")), viewport or {})
    parts = tuple(reader.first(_children(template), scope, 0))
    return Screen(parts, tuple(reader.touches), reader.complete)


def _scope(template: Json, sources: Json, viewport: Json) -> dict[str, Any]:
    """The names of a document's outermost expressions: its parameters and the viewport."""
    sources = {name: _transformed(source) for name, source in sources.items()}
    names = [
        _text(each.get("name") if isinstance(each, Mapping) else each)
        for each in _listed(template.get("parameters"))
    ]
    scope: dict[str, Any] = {name: sources.get(name, sources if len(names) == 1 else None) for name in names}
    scope["viewport"] = {
        "shape": _text(viewport.get("shape") or "rectangle").lower(),
        "width": viewport.get("currentPixelWidth"),
        "height": viewport.get("currentPixelHeight"),
        "mode": _text(viewport.get("mode") or "hub").lower(),
        "theme": "dark",
    }
    return scope


def _transformed(source: Any) -> Any:
    """A data source after its transformers, of which those that make readable text are known here."""
    if not isinstance(source, Mapping) or not isinstance(source.get("properties"), Mapping):
        return source
    properties = dict(source["properties"])
    for each in map(_mapping, _listed(source.get("transformers"))):
        path = _text(each.get("inputPath"))
        found: Any = properties
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        kind = each.get("transformer")
        if kind in ("ssmlToText", "textToHint") and isinstance(found, str):
            said = plain(found)
            properties[_text(each.get("outputName")) or path] = (
                f'Try "Alexa, {said}"' if kind == "textToHint" else said
            )
    return {**source, "properties": properties}


@dataclass
class _Reader:
    """Walks the components of one document and numbers what can be touched."""

    layouts: Json
    token: str | None
    touches: list[Touch] = field(default_factory=list)
    complete: bool = True
    _shown: int = 0

    def first(self, components: Sequence[Any], scope: Scope, depth: int) -> Iterator[Part]:
        """The first component whose `when` holds."""
        for component in components:
            if isinstance(component, Mapping) and _holds(component, scope):
                yield from self._component(component, scope, depth)
                return

    def _component(self, component: Json, scope: Scope, depth: int) -> Iterator[Part]:
        self._shown += 1
        if self._shown > MOST_PARTS or depth > DEEPEST:
            self.complete = False
            return
        if _evaluated(component, scope, "display") in ("none", "invisible"):
            return
        scope = _with_bindings(component, scope)
        kind = _text(component.get("type"))
        layout = self.layouts.get(kind)
        if isinstance(layout, Mapping):
            yield from self.first(_children(layout), _arguments(layout, component, scope), depth + 1)
            return
        yield from self._touchable(component, scope, tuple(self._content(kind, component, scope, depth)))

    def _touchable(self, component: Json, scope: Scope, content: tuple[Part, ...]) -> Iterator[Part]:
        """The content of a component, within one part that can be touched if it sends an event."""
        arguments = next((found for name in ACTIONS if (found := _sent(component.get(name), scope))), None)
        if arguments is None:
            yield from content
            return
        number = len(self.touches)
        source = {
            "type": _text(component.get("type")) or "TouchWrapper",
            "handler": "Press",
            "id": _text(_evaluated(component, scope, "id")),
        }
        self.touches.append(Touch(arguments, source, self.token))
        label = ", ".join(_words(content)) or _text(_evaluated(component, scope, "accessibilityLabel"))
        disabled = _evaluated(component, scope, "disabled") is True
        # Within a button there may be no other: what is inside is its label, and keeps its own number.
        inner = [part for part in _flat(content) if part.touch is not None]
        yield Part("text", label or f"Touch {number + 1}", touch=number, disabled=disabled)
        yield from inner

    def _content(self, kind: str, component: Json, scope: Scope, depth: int) -> Iterator[Part]:
        if kind in PICTURES:
            yield _picture(component, scope)
            return
        yield from _texts(kind, component, scope)
        if kind not in LISTS and kind != "Text":
            yield from _pictures_of_layout(component, scope)
        inside = tuple(self._inside(kind, component, scope, depth + 1))
        if kind in LISTS and inside:
            yield Part("list", children=inside)
        elif len(inside) > 1 and kind not in ONE_CHILD:
            yield Part("group", children=inside)
        else:
            yield from inside
        yield from self._list_items(component, scope, depth + 1)

    def _inside(self, kind: str, component: Json, scope: Scope, depth: int) -> Iterator[Part]:
        """The children: once for each datum where there is data, else all, or the first that holds."""
        children = _children(component)
        yield from self.first(_listed(component.get("firstItem")), scope, depth)
        data = evaluate(component.get("data"), scope)
        if isinstance(data, list):
            for index, datum in enumerate(data):
                inner = {**scope, "data": datum, "index": index, "ordinal": index + 1, "length": len(data)}
                yield from self._one_of_list(self.first(children, inner, depth))
        elif kind in ONE_CHILD:
            yield from self.first(children, scope, depth)
        else:
            for child in children:
                yield from self.first([child], scope, depth)
        yield from self.first(_listed(component.get("lastItem")), scope, depth)

    def _one_of_list(self, parts: Iterator[Part]) -> Iterator[Part]:
        found = tuple(parts)
        if len(found) == 1:
            yield found[0]
        elif found:
            yield Part("group", children=found)

    def _list_items(self, component: Json, scope: Scope, depth: int) -> Iterator[Part]:
        """The items of Alexa's own list layouts, which are data and no components."""
        items = evaluate(component.get("listItems"), scope)
        if not isinstance(items, list):
            return
        shown: list[Part] = []
        for index, item in enumerate(map(_mapping, items)):
            inner = {**scope, "data": item, "index": index, "ordinal": index + 1, "length": len(items)}
            action = item.get("primaryAction") or component.get("primaryAction")
            as_component = {**item, "type": "AlexaListItem", "primaryAction": action}
            shown += self._one_of_list(self._component(as_component, inner, depth))
        yield Part("list", children=tuple(shown))


def _texts(kind: str, component: Json, scope: Scope) -> Iterator[Part]:
    for name in (*TITLES, *TEXTS):
        words = plain(as_text(_evaluated(component, scope, name)))
        if words:
            yield Part("title" if name in TITLES and kind != "AlexaListItem" else "text", words)


def _picture(component: Json, scope: Scope) -> Part:
    label = plain(as_text(_evaluated(component, scope, "accessibilityLabel")))
    return Part("picture", label or _file_name(component, scope) or "no description")


def _pictures_of_layout(component: Json, scope: Scope) -> Iterator[Part]:
    if any(component.get(name) for name in SOURCES):
        label = plain(as_text(_evaluated(component, scope, "imageAccessibilityLabel")))
        yield Part("picture", label or _file_name(component, scope) or "no description")


def _file_name(component: Json, scope: Scope) -> str:
    for name in SOURCES:
        source = _evaluated(component, scope, name)
        first = source[0] if isinstance(source, list) and source else source
        address = first.get("url") if isinstance(first, Mapping) else first
        if isinstance(address, str) and address:
            return address.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return ""


def _sent(action: Any, scope: Scope) -> list[object] | None:
    """The arguments of the first SendEvent among a handler's commands; None when it sends none."""
    waiting, seen = _listed(evaluate(action, scope)), 0
    while waiting and seen < DEEPEST:
        command, seen = _mapping(waiting.pop(0)), seen + 1
        if command.get("type") == "SendEvent" and _holds(command, scope):
            given = _listed(evaluate(command.get("arguments"), scope))
            return [evaluate(argument, scope) for argument in given]
        waiting = [*_listed(command.get("commands")), *waiting]
    return None


def _with_bindings(component: Json, scope: Scope) -> Scope:
    for each in map(_mapping, _listed(component.get("bind"))):
        scope = {**scope, _text(each.get("name")): evaluate(each.get("value"), scope)}
    return scope


def _arguments(layout: Json, component: Json, scope: Scope) -> Scope:
    """The scope inside a layout of the document: its parameters, given by the component or their default."""
    found = dict(scope)
    for each in _listed(layout.get("parameters")):
        declared = each if isinstance(each, Mapping) else {"name": each}
        name = _text(declared.get("name"))
        found[name] = evaluate(component.get(name, declared.get("default")), scope)
    return found


def _holds(component: Json, scope: Scope) -> bool:
    return bool(evaluate(component.get("when", True), scope))


def _children(component: Json) -> list[Any]:
    return _listed(component.get("items") or component.get("item"))


def _evaluated(component: Json, scope: Scope, name: str) -> Any:
    return evaluate(component.get(name), scope)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _mapping(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def plain(text: str) -> str:
    """A text without its markup (<b>, <br/>, SSML), in one line."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def _flat(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield replace(part, children=())
        yield from _flat(part.children)


def _words(parts: Sequence[Part]) -> Iterator[str]:
    for part in _flat(parts):
        if part.text and part.touch is None:
            yield f"picture: {part.text}" if part.kind == "picture" else part.text
