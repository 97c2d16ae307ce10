"""Speech: SSML, lengths, sounds, pauses, and the question that opens the microphone."""

from typing import Any

import pytest

from skill.simulator.checks import Problem, check

LAUNCH = {"request": {"type": "LaunchRequest"}}


def problems(response: dict[str, Any]) -> list[Problem]:
    return check(LAUNCH, {"version": "1.0", "response": response}, 10)


def said(ssml: str) -> list[Problem]:
    return problems({"outputSpeech": {"type": "SSML", "ssml": ssml}, "shouldEndSession": True})


def plain(text: str, **more: Any) -> list[Problem]:
    return problems({"outputSpeech": {"type": "PlainText", "text": text}, "shouldEndSession": True, **more})


@pytest.mark.parametrize(
    "body",
    [
        "Fish &amp; chips cost &#163;5.",
        "<p><s>One.</s><s>Two.</s></p>",
        'Wait <break time="10s"/> and <break strength="strong"/><break time="300ms"/> go.',
        '<emphasis level="strong">No.</emphasis>',
        '<say-as interpret-as="digits">1234</say-as>',
        '<say-as interpret-as="date" format="mdy">1/2/2026</say-as>',
        '<prosody rate="90%" pitch="+10%" volume="x-loud">Hm.</prosody>',
        '<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>',
        '<sub alias="aluminium">Al</sub> <w role="amazon:VB">read</w>',
        '<audio src="https://example.com/a.mp3"/><audio src="soundbank://soundlibrary/bell_01"/>',
        '<lang xml:lang="fr-FR">Bonjour</lang> <voice name="Kendra">hi</voice>',
        '<amazon:effect name="whispered">psst</amazon:effect>',
        '<amazon:emotion name="excited" intensity="low">hey</amazon:emotion>',
        '<amazon:domain name="long-form">once</amazon:domain>',
        '<alexa:name type="first" personId="amzn1.ask.person.A"/>',
    ],
)
def test_ssml_that_alexa_documents_is_fine(body: str) -> None:
    assert said(f"<speak>{body}</speak>") == []


@pytest.mark.parametrize(
    ("ssml", "code"),
    [
        ("<speak>Fish & chips</speak>", "ssml-broken"),
        ("<speak>a < b</speak>", "ssml-broken"),
        ("<speak>caf&eacute;</speak>", "ssml-broken"),
        ("<speak>open", "ssml-broken"),
        ("<speak>one</speak><speak>two</speak>", "ssml-broken"),
        ("just words", "ssml-broken"),
        ("", "ssml-broken"),
        ("<p>no speak</p>", "ssml-root"),
        ("<speak><speak>twice</speak></speak>", "ssml-nesting"),
        ('<speak><break time="1s">words</break></speak>', "ssml-nesting"),
        ("<!DOCTYPE speak><speak>a</speak>", "ssml-doctype"),
        ("<speak><b>bold</b></speak>", "ssml-tag"),
        ("<speak><say-as>1</say-as></speak>", "ssml-attribute"),
        ('<speak><p class="x">a</p></speak>', "ssml-attribute"),
        ('<speak><say-as interpret-as="money">1</say-as></speak>', "ssml-value"),
        ('<speak><break time="ten seconds"/></speak>', "ssml-value"),
        ('<speak><amazon:effect name="shouted">a</amazon:effect></speak>', "ssml-value"),
        ('<speak><break time="10.1s"/></speak>', "break-too-long"),
        ('<speak><break time="10001ms"/></speak>', "break-too-long"),
        ('<speak><audio src="http://example.com/a.mp3"/></speak>', "audio-source"),
        ("<speak><audio/></speak>", "ssml-attribute"),
    ],
)
def test_ssml_that_alexa_cannot_speak_is_refused(ssml: str, code: str) -> None:
    assert [(one.code, one.refused) for one in said(ssml)] == [(code, True)]


def test_a_message_names_the_place_and_the_character() -> None:
    (problem,) = said("<speak>\nFish &\nchips</speak>")
    assert problem.message.startswith("response.outputSpeech.ssml is not well-formed: ")
    assert problem.message.endswith("at character 15.")


def test_entity_bombs_are_refused_and_not_expanded() -> None:
    bomb = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    ssml = f'<!DOCTYPE speak [<!ENTITY a "{"x" * 100}">{bomb}]><speak>&h;</speak>'
    assert "ssml-doctype" in [one.code for one in said(ssml)]


def test_five_sounds_are_allowed_speech_and_reprompt_together() -> None:
    sound = '<audio src="https://example.com/a.mp3"/>'

    def with_sounds(first: int, second: int) -> list[str]:
        reprompt = {"outputSpeech": {"type": "SSML", "ssml": f"<speak>{sound * second}Well?</speak>"}}
        speech = {"type": "SSML", "ssml": f"<speak>{sound * first}Well?</speak>"}
        response = {"outputSpeech": speech, "reprompt": reprompt, "shouldEndSession": False}
        return [one.code for one in problems(response)]

    assert with_sounds(3, 2) == []
    assert with_sounds(3, 3) == ["audio-count"]


def test_speech_is_limited_with_its_tags() -> None:
    assert plain("a" * 8_000) == []
    assert [one.code for one in plain("a" * 8_001)] == ["speech-too-long"]
    frame = len("<speak></speak>")
    assert said(f"<speak>{'a' * (8_000 - frame)}</speak>") == []
    assert [one.code for one in said(f"<speak>{'a' * (8_001 - frame)}</speak>")] == ["speech-too-long"]


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("Hello", "field-kind"),
        ({}, "speech-type"),
        ({"type": "ssml", "ssml": "<speak/>"}, "speech-type"),
        ({"type": "SSML", "text": "Hello"}, "field-missing"),
        ({"type": "PlainText", "text": 3}, "field-kind"),
        ({"type": "PlainText", "text": "Hello.", "playBehavior": "NOW"}, "field-value"),
    ],
)
def test_speech_of_another_shape_is_refused(output: object, code: str) -> None:
    found = problems({"outputSpeech": output, "shouldEndSession": True})
    assert [(one.code, one.refused) for one in found] == [(code, True)]


def test_tags_in_plain_text_are_told() -> None:
    assert [one.code for one in plain("<speak>Hello.</speak>")] == ["tags-in-plain-text"]
    assert plain("1 < 2 & 3 > 2.") == []


ASK = {"outputSpeech": {"type": "PlainText", "text": "Well?"}}


@pytest.mark.parametrize(
    "question", ["What next?", "“What next?”", "什么？", "ماذا؟", "何を買いますか。", "So? (Ready?)"]
)
def test_a_question_needs_an_open_microphone(question: str) -> None:
    assert plain(question, shouldEndSession=False, reprompt=ASK) == []
    assert [one.code for one in plain(question)] == ["question-but-closed"]
    assert [one.code for one in plain(question, shouldEndSession=None)] == ["question-but-closed"]


@pytest.mark.parametrize("statement", ["Done.", "Shall I? I did.", ""])
def test_an_open_microphone_needs_a_question(statement: str) -> None:
    assert plain(statement) == []
    found = plain(statement, shouldEndSession=False, reprompt=ASK)
    assert [(one.code, one.refused) for one in found] == [("open-without-question", False)]


def test_an_open_microphone_needs_a_reprompt_and_a_closed_one_has_none() -> None:
    assert [one.code for one in plain("Well?", shouldEndSession=False)] == ["reprompt-missing"]
    assert [one.code for one in plain("Done.", reprompt=ASK)] == ["reprompt-but-closed"]
    assert [one.code for one in plain("Well?", shouldEndSession=False, reprompt={})] == [
        "field-missing",
        "reprompt-missing",
    ]
    assert [one.code for one in plain("Done.", shouldEndSession=None, reprompt="Well?")] == ["field-kind"]
