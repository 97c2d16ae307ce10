"""A slip never turns a meaning round, and a title behind its carrier words may hold any word."""

from datetime import datetime

import pytest

from skill.bootstrap import interaction_model
from skill.understanding import CompiledModel, compile_model

CLIMATE = ("climate", "heating")


def intent(name: str, *samples: str, **slots: str) -> dict[str, object]:
    """An intent as an interaction model spells it."""
    named = [{"name": slot, "type": kind} for slot, kind in slots.items()]
    return {"name": name, "samples": list(samples), "slots": named}


@pytest.fixture(scope="module")
def music() -> CompiledModel:
    song, artist = "AMAZON.MusicRecording", "AMAZON.MusicGroup"
    intents = [
        intent("AMAZON.FallbackIntent"),
        intent("AMAZON.StopIntent"),
        intent("MarkFavorite", "i like {song}", "i love {song}", "like this song", song=song),
        intent("UnmarkFavorite", "i don't like {song}", "i hate {song}", song=song),
        intent("PlaySong", "play {song}", "play the song {song} from {artist}", song=song, artist=artist),
        intent("PlayAlbum", "play the album {album} by {artist}", album="AMAZON.MusicAlbum", artist=artist),
        intent("StartClimate", "turn {x}", "turn on {x}", "start the {x}", x="CLIMATE"),
        intent("StopClimate", "turn off {x}", "stop the {x}", x="CLIMATE"),
    ]
    types = [{"name": "CLIMATE", "values": [{"name": {"value": value}} for value in CLIMATE]}]
    return compile_model(
        {"languageModel": {"invocationName": "tune box", "intents": intents, "types": types}}
    )


@pytest.mark.parametrize(
    "denial",
    ["dn't", "do't", "on't", "don'", "do'nt", "dnt", "don", "don't", "dont", "do nt", "do nto", "do ot"],
)
@pytest.mark.parametrize("song", ["music", "song", "this song"])
def test_a_misspelt_denial_is_never_its_opposite(
    music: CompiledModel, saturday: datetime, denial: str, song: str
) -> None:
    found = music.resolve(f"i {denial} like {song}", now=saturday)
    assert found.intent in ("UnmarkFavorite", "AMAZON.FallbackIntent")


def test_a_misspelt_denial_is_taken_for_the_sample_that_denies(
    music: CompiledModel, saturday: datetime
) -> None:
    found = music.resolve("i on't like song", now=saturday)
    assert (found.intent, found.stage, found.slots["song"].value) == ("UnmarkFavorite", "fuzzy", "song")


@pytest.mark.parametrize(
    ("locale", "language", "sentence"),
    [
        ("en-US", "en", "do't order milk"),
        ("en-US", "en", "i dn't want milk"),
        ("de-DE", "de", "bestell nict milch"),
        ("de-DE", "de", "ich will ncht milch"),
    ],
)
def test_a_misspelt_denial_orders_nothing(
    saturday: datetime, locale: str, language: str, sentence: str
) -> None:
    model = compile_model(interaction_model(locale), language=language)
    assert model.resolve(sentence, now=saturday).stage == "fallback"


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("turn of climate", "StopClimate"),
        ("turn of the heating", "StopClimate"),
        ("turn off climate", "StopClimate"),
        ("turn on climate", "StartClimate"),
        ("turn climate", "StartClimate"),
    ],
)
def test_of_is_heard_as_off_where_a_sample_says_so(
    music: CompiledModel, saturday: datetime, sentence: str, meant: str
) -> None:
    found = music.resolve(sentence, now=saturday)
    assert (found.intent, found.slots["x"].value) == (meant, sentence.split()[-1])


@pytest.mark.parametrize(
    ("sentence", "slots"),
    [
        ("play the song so what from miles davis", ("so what", "miles davis")),
        ("play the song who are you from the who", ("who are you", "the who")),
        ("play the album bohemian rhapsody by the beatles", ("bohemian rhapsody", "the beatles")),
        ("play the album what is going on by marvin gaye", ("what is going on", "marvin gaye")),
        ("play the album the wall by pink floyd", ("the wall", "pink floyd")),
    ],
)
def test_a_title_keeps_its_questions_and_articles(
    music: CompiledModel, saturday: datetime, sentence: str, slots: tuple[str, ...]
) -> None:
    found = music.resolve(sentence, now=saturday)
    assert (found.stage, tuple(fill.value for fill in found.slots.values())) == ("exact", slots)


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("de-DE", "de")])
def test_a_bare_pause_pauses_no_subscription(saturday: datetime, locale: str, language: str) -> None:
    model = compile_model(interaction_model(locale), language=language)
    assert model.resolve("pause", now=saturday).stage == "fallback"


@pytest.mark.parametrize(
    ("locale", "language", "sentence", "intent_name"),
    [
        ("en-US", "en", "order oat milk barista", "OrderItemIntent"),
        ("en-US", "en", "order oat milk weekly", "StartSubscriptionIntent"),
        ("en-US", "en", "order unicorn dust weekly", "StartSubscriptionIntent"),
        ("de-DE", "de", "bestell die sensitiven feuchttücher", "OrderItemIntent"),
        ("de-DE", "de", "bestelle ein zwölferpack toilettenpapier", "OrderItemIntent"),
    ],
)
def test_only_a_listed_rhythm_starts_a_subscription(
    saturday: datetime, locale: str, language: str, sentence: str, intent_name: str
) -> None:
    model = compile_model(interaction_model(locale), language=language)
    assert model.resolve(sentence, now=saturday).intent == intent_name


def test_a_rival_is_weighed_in_the_words_it_was_found_in(saturday: datetime) -> None:
    model = interaction_model("en-US")
    for declared in model["interactionModel"]["languageModel"]["intents"]:
        declared["samples"] = [one for one in declared["samples"] if one != "could you order my list"]
    found = compile_model(model).resolve("could you order my list", now=saturday)
    assert found.intent == "OrderListIntent"
    assert "OrderItemIntent" in dict(found.rivals)
