"""What Amazon's side says by itself when a skill fails; the wording is ours, Amazon varies its own."""

from collections.abc import Mapping

_SORRY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "INVALID_RESPONSE": "There was a problem with the requested skill's response.",
        "ENDPOINT_TIMEOUT": "Sorry, I'm having trouble accessing that skill right now.",
    },
    "de": {
        "INVALID_RESPONSE": "Es gab ein Problem mit der Antwort des Skills.",
        "ENDPOINT_TIMEOUT": "Ich kann diesen Skill gerade leider nicht erreichen.",
    },
}


def sorry(error: str, language: str) -> str:
    """The SSML said for an error's wire type, in English where the language has none."""
    words = _SORRY.get(language, _SORRY["en"])
    return f"<speak>{words.get(error, words['ENDPOINT_TIMEOUT'])}</speak>"
