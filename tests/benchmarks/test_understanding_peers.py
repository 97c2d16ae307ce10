"""The engines that understanding is compared with, how an absent one is told, how a threshold is picked."""

from pathlib import Path
from typing import Any

from benchmarks.understanding_comparison import Job, Question, columns, picked, training
from benchmarks.understanding_peers import (
    Answer,
    NearestSample,
    Ours,
    engines,
    missing_module,
    missing_node_package,
    plain,
)

MODEL: dict[str, Any] = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "corner shop",
            "intents": [
                {"name": "PointsIntent", "samples": ["how many points do i have", "what are my points"]},
                {
                    "name": "OrderIntent",
                    "slots": [{"name": "count", "type": "AMAZON.NUMBER"}],
                    "samples": ["order {count} packs of wipes", "send me {count} packs of wipes"],
                },
                {"name": "AMAZON.StopIntent", "samples": []},
            ],
            "types": [],
        }
    }
}
SLIPPED = Question("how mny points do i have", "PointsIntent")
ELSEWHERE = Question("why is the sky blue", None)


def test_the_nearest_sample_forgives_a_slip() -> None:
    peer = NearestSample()
    peer.fit(MODEL, training(MODEL))
    near, far = peer.ask([SLIPPED.text, ELSEWHERE.text])
    assert near.best == "PointsIntent"
    assert near.score > far.score


def test_ours_answers_with_wire_values_and_refuses_by_itself() -> None:
    engine = Ours()
    engine.fit(MODEL, [])
    order, elsewhere = engine.ask(["order twenty one packs of wipes", ELSEWHERE.text])
    assert (order.heard, order.slots) == ("OrderIntent", {"count": "21"})
    assert elsewhere.heard is None


def test_peers_learn_from_samples_with_values_and_from_phrases_of_built_in_intents() -> None:
    sentences = dict(training(MODEL))
    assert sentences["stop"] == "AMAZON.StopIntent"
    assert not any("{" in text for text in sentences)


def test_an_absent_package_is_named_with_how_to_install_it(tmp_path: Path) -> None:
    for reason in (missing_module("scikit-learn", "no_such_module"), missing_node_package("x", tmp_path)):
        assert reason is not None
        assert "make bench-setup" in reason or "no node" in reason


def test_without_npm_packages_the_others_are_measured_and_the_absent_are_told(tmp_path: Path) -> None:
    with engines(tmp_path) as (here, absent):
        assert [engine.name for engine in here][:2] == ["ours", "rapidfuzz"]
    assert {reason.split()[0] for reason in absent} >= {"@nlpjs/nlp", "virtual-alexa"}


def test_a_threshold_is_picked_where_right_and_refused_are_best_together() -> None:
    def answered(question: Question, score: float) -> tuple[Job, str, Question, Answer]:
        return Job("any", MODEL, {}), "pick", question, Answer("PointsIntent", "PointsIntent", score, 0.1)

    assert picked([answered(SLIPPED, 0.8), answered(SLIPPED, 0.6), answered(ELSEWHERE, 0.5)]) == 0.6


def test_an_engine_that_does_not_refuse_gets_a_picked_threshold() -> None:
    job = Job("shop", MODEL, {"pick": [SLIPPED, ELSEWHERE], "ten": [SLIPPED, ELSEWHERE]})
    (column,) = columns(NearestSample(), [job])
    assert column.share("ten", column.gated, {}) == 1
    assert column.share("ten", column.free, {}) == 0.5


def test_punctuation_goes_and_apostrophes_stay() -> None:
    assert plain("What's next, at 2 P.M.?") == "what's next at 2 p m"
