"""APL documents read for people: texts, pictures, lists, touchable parts, and documents that are broken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.web.speaker import apl
from skill.web.speaker.apl import Part, Screen
from skill.web.speaker.apl_values import LONGEST_TEXT, evaluate


def rendered(*items: dict[str, Any], layouts: Any = None, viewport: Any = None, **sources: Any) -> Screen:
    document = {
        "type": "APL",
        "layouts": layouts or {},
        "mainTemplate": {"parameters": ["payload"], "items": list(items)},
    }
    return apl.read({"token": "t", "document": document, "datasources": sources}, viewport)


def texts(parts: tuple[Part, ...]) -> list[str]:
    found = []
    for part in parts:
        found += [part.text] if part.text else []
        found += texts(part.children)
    return found


def test_texts_are_read_in_order_without_markup() -> None:
    screen = rendered(
        {
            "type": "Container",
            "items": [
                {"type": "Text", "text": "Milk &amp; <b>bread</b>"},
                {
                    "type": "Frame",
                    "item": {"type": "Text", "text": "${payload.shop.name}: ${payload.shop.open}"},
                },
            ],
        },
        shop={"name": "Corner", "open": 9.0},
    )
    assert texts(screen.parts) == ["Milk & bread", "Corner: 9"]


def test_a_picture_shows_its_label_or_the_name_of_its_file() -> None:
    screen = rendered(
        {
            "type": "Container",
            "items": [
                {
                    "type": "Image",
                    "source": "https://example.com/a/milk.png?x=1",
                    "accessibilityLabel": "Milk",
                },
                {"type": "Image", "source": ["https://example.com/a/bread.png"]},
                {"type": "VectorGraphic"},
            ],
        }
    )
    (group,) = screen.parts
    assert [(part.kind, part.text) for part in group.children] == [
        ("picture", "Milk"),
        ("picture", "bread.png"),
        ("picture", "no description"),
    ]


def test_a_sequence_repeats_its_item_for_each_datum() -> None:
    screen = rendered(
        {
            "type": "Sequence",
            "data": "${payload.things}",
            "firstItem": {"type": "Text", "text": "Things"},
            "items": [
                {"type": "Text", "when": "${data.sold}", "text": "${ordinal} of ${length}: ${data.name}"},
                {"type": "Text", "text": "${ordinal}: sold out"},
            ],
        },
        things=[{"name": "milk", "sold": True}, {"name": "bread", "sold": False}],
    )
    (shown,) = screen.parts
    assert shown.kind == "list"
    assert texts(shown.children) == ["Things", "1 of 2: milk", "2: sold out"]


def test_what_can_be_touched_sends_its_arguments() -> None:
    screen = rendered(
        {
            "type": "Sequence",
            "data": ["milk", "bread"],
            "item": {
                "type": "TouchWrapper",
                "id": "row-${index}",
                "disabled": "${index == 1}",
                "item": {"type": "Text", "text": "${data}"},
                "onPress": [
                    {"type": "SetValue", "property": "opacity", "value": 1},
                    {
                        "type": "Sequential",
                        "commands": [{"type": "SendEvent", "arguments": ["buy", "${ordinal}"]}],
                    },
                ],
            },
        }
    )
    (shown,) = screen.parts
    assert [(part.text, part.touch, part.disabled) for part in shown.children] == [
        ("milk", 0, False),
        ("bread", 1, True),
    ]
    assert [touch.arguments for touch in screen.touches] == [["buy", 1], ["buy", 2]]
    assert screen.touches[0].source == {"type": "TouchWrapper", "handler": "Press", "id": "row-0"}
    assert screen.touches[0].token == "t"


def test_the_layouts_of_alexa_show_their_texts_and_items() -> None:
    screen = rendered(
        {
            "type": "AlexaTextList",
            "headerTitle": "Your orders",
            "listItems": [
                {"primaryText": "Diapers", "secondaryText": "on its way"},
                {
                    "primaryText": "Milk",
                    "primaryAction": {"type": "SendEvent", "arguments": ["own", "${ordinal}"]},
                },
            ],
            "primaryAction": {"type": "SendEvent", "arguments": ["list", "${ordinal}"]},
        }
    )
    assert texts(screen.parts)[:3] == ["Your orders", "Diapers, on its way", "Milk"]
    sent = [touch.arguments for touch in screen.touches]
    assert ["list", 1] in sent
    assert ["own", 2] in sent


def test_a_layout_of_the_document_gets_its_parameters() -> None:
    layout = {
        "parameters": [{"name": "title", "default": "Nothing"}, "note"],
        "item": {"type": "Text", "text": "${title}/${note}"},
    }
    screen = rendered(
        {"type": "Container", "items": [{"type": "Row", "title": "A", "note": "b"}, {"type": "Row"}]},
        layouts={"Row": layout},
    )
    assert texts(screen.parts) == ["A/b", "Nothing/"]


def test_a_document_asks_for_the_shape_of_the_screen() -> None:
    items = [
        {"type": "Text", "when": "${viewport.shape == 'round'}", "text": "small"},
        {"type": "Text", "text": "wide"},
    ]
    assert texts(rendered(*items, viewport={"shape": "ROUND"}).parts) == ["small"]
    assert texts(rendered(*items).parts) == ["wide"]


def test_transformers_make_speech_readable() -> None:
    source = {
        "type": "object",
        "properties": {"said": "<speak>Hi <break time='1s'/>there</speak>", "hint": "order milk"},
        "transformers": [
            {"inputPath": "said", "outputName": "text", "transformer": "ssmlToText"},
            {"inputPath": "hint", "transformer": "textToHint"},
        ],
    }
    item = {"type": "Text", "text": "${payload.data.properties.text}. ${payload.data.properties.hint}"}
    assert texts(rendered(item, data=source).parts) == ['Hi there. Try "Alexa, order milk"']


def test_what_is_hidden_is_not_shown() -> None:
    assert rendered({"type": "Text", "text": "x", "display": "none"}).parts == ()


def test_a_layout_that_contains_itself_comes_to_an_end() -> None:
    both = [{"type": "Again"}, {"type": "Again"}]
    screen = rendered({"type": "Again"}, layouts={"Again": {"item": {"type": "Container", "items": both}}})
    assert not screen.complete


def test_long_data_is_cut_and_said_to_be() -> None:
    data = [{"n": list(range(500))}] * 500
    inner = {"type": "Sequence", "data": "${data.n}", "item": {"type": "Text", "text": "${data}"}}
    screen = rendered({"type": "Sequence", "data": data, "item": inner})
    assert not screen.complete
    assert len(texts(screen.parts)) <= apl.MOST_PARTS


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("${1 + 2 * 3}", 7),
        ("${(1 + 2) * 3}", 9),
        ("${10 - 2 - 3}", 5),
        ("${a.b[1].c}", "found"),
        ("${a['b'].length}", 2),
        ("${nothing.there}", None),
        ("${nothing ?? 'default'}", "default"),
        ("${1 < 2 && !false ? 'yes' : 'no'}", "yes"),
        ("${false || 0 ? 'yes' : 'no'}", "no"),
        ("${-a.n}", -4),
        ("n is ${a.n}, half ${a.n / 2}", "n is 4, half 2"),
        ("${'a' + 1 + true}", "a1true"),
        ("no expression", "no expression"),
        (7, 7),
    ],
)
def test_expressions_have_their_value(expression: object, value: object) -> None:
    assert evaluate(expression, {"a": {"b": [1, {"c": "found"}], "n": 4}}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "${Math.floor(1)}",
        "${1 / 0}",
        "${'a' - 1}",
        "${(1}",
        "${1 +}",
        "${a b}",
        "${#}",
        f"${{{'(' * 900}1{')' * 900}}}",
    ],
)
def test_an_expression_that_is_not_read_stays_as_it_is_written(expression: str) -> None:
    assert evaluate(expression, {}) == expression


def test_values_cannot_grow_without_end() -> None:
    scope: dict[str, Any] = {"n": 10, "t": "ab"}
    for _ in range(60):
        scope["n"] = evaluate("${n * n}", scope)
        scope["t"] = evaluate("${t + t}", scope)
    assert len(str(scope["n"])) < LONGEST_TEXT
    assert len(scope["t"]) <= LONGEST_TEXT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "item", "items", "data", "text", "when", "listItems", "onPress", "bind", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(document=JSON, sources=JSON, viewport=st.none() | st.just({"shape": 7}))
def test_any_json_is_read_as_some_screen(document: Any, sources: Any, viewport: Any) -> None:
    directive = {
        "document": {"mainTemplate": {"items": document, "parameters": sources}},
        "datasources": sources,
    }
    assert isinstance(apl.read(directive, viewport), Screen)
    assert isinstance(apl.read({"document": document}, viewport), Screen)


@given(st.text(alphabet="${}()[]'\"+-*/%!?:.&|=<>ab1 ", max_size=60))
def test_any_text_has_some_value(text: str) -> None:
    evaluate(f"${{{text}}}", {"a": {"b": [1]}, "b": "x"})
