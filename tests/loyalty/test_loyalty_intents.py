"""What is said about points and rewards, through the real dispatcher, in both languages."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import pytest

from skill.conversation import intents as conversation_intents
from skill.conversation import locale_files
from skill.conversation.declare import declared
from skill.conversation.dispatcher import Dispatcher, ServiceFactory, Speech
from skill.conversation.prompts import for_locale
from skill.conversation.session import Session, from_attributes
from skill.conversation.talk import Conversations
from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.roles import permissions
from skill.loyalty import intents
from skill.loyalty.models import Reward, RewardName
from skill.loyalty.rules import Balance
from skill.loyalty.service import Loyalty
from skill.storage.database import Database
from tests.loyalty.small_shop import NOW, close_shop, new_home, new_member, open_shop

DECLARED = declared([conversation_intents, intents])
REQUESTS = count()


def speech_of(locale: str) -> Speech:
    return Speech(locale_files.load(locale), for_locale(locale))


@dataclass
class Speaker:
    """Somebody who talks to the skill; the session goes on while the microphone is open."""

    database: Database
    caller: Caller
    locale: str = "en-US"
    at: datetime = NOW
    session: Session = field(default_factory=Session)

    def say(self, intent: str, reward: str | None = None, reward_id: str | None = None) -> Answer:
        """One turn; gives the answer."""
        turn = Turn(
            request_id=f"request-{next(REQUESTS)}",
            kind="intent",
            locale=self.locale,
            at=self.at,
            caller=self.caller,
            intent=intent,
            slots={} if reward is None else {"reward": Heard(reward, reward_id)},
            session=self.session,
        )
        services: dict[str, ServiceFactory] = {"loyalty": Loyalty}
        services["conversation"] = lambda unit: Conversations(
            unit, DECLARED, services, ["loyalty.claim_reward"]
        )
        answer = Dispatcher(self.database, DECLARED, services, speech_of).answer(turn)
        self.session = from_attributes(answer.session)
        return answer

    def claim(self, reward: str | None = None, reward_id: str | None = None) -> Answer:
        """Name a reward to claim."""
        return self.say("ClaimRewardIntent", reward, reward_id)

    def yes(self, after: timedelta = timedelta(0)) -> Answer:
        """Say yes, some time later."""
        self.at += after
        return self.say("AMAZON.YesIntent")

    def no(self) -> Answer:
        """Say no."""
        return self.say("AMAZON.NoIntent")

    def balance(self) -> Balance:
        """What the ledger says now."""
        with self.database.reading(self.caller.household_id) as unit:
            return Loyalty(unit).balance(self.at)


@pytest.fixture(autouse=True)
def shop(database: Database) -> None:
    open_shop(database)


def speaker(database: Database, dollars: int = 340, role: str = "owner", locale: str = "en-US") -> Speaker:
    household = new_home(database, dollars)
    member = new_member(database, household, "Anna")
    return Speaker(database, Caller(household, member, "Anna", role, permissions(role)), locale)


def german(database: Database, dollars: int = 340) -> Speaker:
    return speaker(database, dollars, locale="de-DE")


@pytest.mark.parametrize(
    ("dollars", "reply", "said"),
    [
        (0, "none", "no points"),
        (1, "short_of", "1 point."),
        (60, "short_of", "40 more"),
        (340, "enough_for", "340 points. That's enough for a pack of wipes."),
        (1240, "enough_for", "1,240 points. That's enough for a bag of coffee."),
    ],
)
def test_the_balance_is_said_with_the_reward_it_leads_to(
    database: Database, dollars: int, reply: str, said: str
) -> None:
    answer = speaker(database, dollars).say("CheckPointsIntent")
    assert answer.reply == f"CheckPointsIntent.{reply}"
    assert said in answer.speech
    assert not answer.session_open


def test_the_balance_is_said_without_a_reward_when_there_is_none(database: Database) -> None:
    close_shop(database)
    answer = speaker(database).say("CheckPointsIntent")
    assert (answer.reply, answer.speech) == ("CheckPointsIntent.balance", "You have 340 points.")


def test_points_of_an_open_claim_are_still_counted_and_said_to_be_set_aside(database: Database) -> None:
    anna = speaker(database)
    anna.claim("wipes")
    answer = anna.say("CheckPointsIntent")
    assert answer.reply == "CheckPointsIntent.set_aside"
    assert "340 points, 250 of them" in answer.speech


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "de-DE"])
@pytest.mark.parametrize("dollars", [1, 99, 100, 999, 1000, 1240, 123_456])
def test_the_number_that_is_said_is_the_number_in_the_ledger(
    database: Database, locale: str, dollars: int
) -> None:
    anna = speaker(database, dollars, locale=locale)
    for _variant in range(3):
        said = re.search(r"\d[\d.,]*(?= (point|Punkt))", anna.say("CheckPointsIntent").speech)
        assert said is not None
        assert int(re.sub(r"[.,]", "", said.group())) == anna.balance().total


def test_three_askings_are_worded_in_three_ways(database: Database) -> None:
    anna = speaker(database)
    assert len({anna.say("CheckPointsIntent").speech for _time in range(3)}) == 3


def test_rewards_within_reach_are_offered_and_the_answer_claims_one(database: Database) -> None:
    anna = speaker(database)
    offer = anna.say("ListRewardsIntent")
    assert offer.reply == "ListRewardsIntent.within_reach"
    assert "a pack of wipes or one dollar off" in offer.speech
    assert offer.elicit == {"intent": "ClaimRewardIntent", "slot": "reward"}
    assert offer.session_open
    assert offer.card is not None
    assert "a pack of wipes: 250 points" in offer.card["text"]
    assert anna.claim("the wipes").reply == "ClaimRewardIntent.confirm"


def test_rewards_out_of_reach_are_told_with_what_is_missing(database: Database) -> None:
    answer = speaker(database, dollars=60).say("ListRewardsIntent")
    assert answer.reply == "ListRewardsIntent.out_of_reach"
    assert "40 more points" in answer.speech
    assert not answer.session_open


@pytest.mark.parametrize("role", ["child", "helper", "guest"])
def test_whoever_may_not_hear_the_balance_hears_the_rewards_alone(database: Database, role: str) -> None:
    answer = speaker(database, role=role).say("ListRewardsIntent")
    assert answer.reply == "ListRewardsIntent.offered"
    assert "340" not in answer.speech


def test_a_stranger_hears_the_rewards_and_is_asked_to_link_for_more(database: Database) -> None:
    stranger = Speaker(database, Caller())
    assert stranger.say("ListRewardsIntent").reply == "ListRewardsIntent.offered"
    for intent in ("CheckPointsIntent", "ClaimRewardIntent"):
        answer = stranger.say(intent)
        assert (answer.reply, answer.link_account) == ("Error.account_needed", True)


@pytest.mark.parametrize("intent", ["ListRewardsIntent", "ClaimRewardIntent"])
def test_a_shop_without_rewards_says_so(database: Database, intent: str) -> None:
    close_shop(database)
    assert speaker(database).say(intent).reply == "Error.no_rewards"


def test_a_claim_names_reward_points_and_rest_and_yes_claims_it_once(database: Database) -> None:
    anna = speaker(database)
    asked = anna.claim("wipes")
    assert asked.reply == "ClaimRewardIntent.confirm"
    assert asked.speech == "That's a pack of wipes for 250 points, which leaves you 90. Shall I claim it?"
    assert anna.balance() == Balance(90, 250)
    open_question = anna.session
    done = anna.yes()
    assert done.reply == "YesIntent.reward_claimed"
    assert done.speech == "Done, you've claimed a pack of wipes. You have 90 points left."
    anna.session = open_question
    assert anna.yes().reply == "YesIntent.already_answered"
    assert anna.balance() == Balance(90, 0)


def test_no_leaves_the_points_alone(database: Database) -> None:
    anna = speaker(database)
    anna.claim("wipes")
    dropped = anna.no()
    assert dropped.reply == "NoIntent.claim_dropped"
    assert "340 points" in dropped.speech
    assert anna.balance() == Balance(340, 0)


def test_a_yes_after_the_hold_lapsed_asks_again_and_the_next_yes_claims(database: Database) -> None:
    anna = speaker(database)
    anna.claim("wipes")
    late = anna.yes(after=timedelta(seconds=121))
    assert late.reply == "YesIntent.claim_lapsed"
    assert late.session_open
    assert anna.balance() == Balance(90, 250)
    assert anna.yes().reply == "YesIntent.reward_claimed"
    assert anna.balance() == Balance(90, 0)


def test_a_yes_to_a_claim_that_was_given_up_meanwhile_asks_again(database: Database) -> None:
    kitchen = speaker(database)
    bedroom = replace(kitchen)
    kitchen.claim("wipes")
    bedroom.claim("dollar off")
    assert kitchen.yes().reply == "YesIntent.claim_lapsed"


def test_a_late_yes_to_a_reward_that_is_gone_is_told(database: Database) -> None:
    anna = speaker(database)
    anna.claim("wipes")
    close_shop(database)
    assert anna.yes(after=timedelta(seconds=121)).reply == "ClaimRewardIntent.not_offered"
    assert anna.balance() == Balance(340, 0)


def test_a_reward_that_costs_too_much_is_told_with_what_is_missing(database: Database) -> None:
    anna = speaker(database)
    answer = anna.claim("coffee")
    assert answer.reply == "ClaimRewardIntent.not_enough"
    assert "560 more points for a bag of coffee" in answer.speech
    assert not answer.session_open
    assert anna.balance() == Balance(340, 0)


def test_a_claim_without_a_name_asks_which_of_those_in_reach(database: Database) -> None:
    anna = speaker(database)
    asked = anna.claim()
    assert asked.reply == "ClaimRewardIntent.which_reward"
    assert asked.elicit == {"intent": "ClaimRewardIntent", "slot": "reward"}
    assert "coffee" not in asked.speech
    assert anna.claim("the dollar").reply == "ClaimRewardIntent.confirm"


def test_a_claim_without_a_name_and_too_few_points_tells_the_nearest(database: Database) -> None:
    answer = speaker(database, dollars=60).claim()
    assert answer.reply == "ClaimRewardIntent.too_few"
    assert "40 more" in answer.speech


def test_two_likely_rewards_are_asked_between_and_the_answer_chooses(database: Database) -> None:
    with database.unit(None) as unit:
        unit.session.add(Reward(id="two-dollars-off", kind="coupon", points=200))
        unit.session.flush()
        unit.session.add(RewardName(reward_id="two-dollars-off", language="en", name="two dollars off"))
    anna = speaker(database)
    asked = anna.claim("dollars off")
    assert asked.reply == "ClaimRewardIntent.which"
    assert "one dollar off" in asked.speech
    assert "two dollars off" in asked.speech
    assert asked.session_open
    assert "two dollars off for 200 points" in anna.claim("the two").speech


def test_a_resolved_id_needs_no_matching(database: Database) -> None:
    assert "a bag of coffee" in speaker(database, 1000).claim("the one to drink", "bag-of-coffee").speech


@pytest.mark.parametrize("words", ["a helicopter", "<speak>'; drop table reward; --", "🎁", "x" * 10_000])
def test_a_reward_that_is_not_sold_gets_a_sentence_that_works(database: Database, words: str) -> None:
    anna = speaker(database)
    answer = anna.claim(words, "no-such-id")
    assert answer.reply == "ClaimRewardIntent.not_offered"
    assert "what can I get for my points" in answer.speech
    assert anna.balance() == Balance(340, 0)


@pytest.mark.parametrize("intent", ["CheckPointsIntent", "ClaimRewardIntent"])
def test_a_helper_may_not_hear_or_spend_points(database: Database, intent: str) -> None:
    assert speaker(database, role="helper").say(intent).reply == "Error.not_allowed"


def test_the_whole_claim_works_in_german(database: Database) -> None:
    anna = german(database)
    assert anna.say("CheckPointsIntent").speech.startswith("Du hast 340 Punkte.")
    assert "eine Packung Feuchttücher" in anna.say("ListRewardsIntent").speech
    asked = anna.claim("die feuchttücher")
    assert asked.speech == (
        "Das ist eine Packung Feuchttücher für 250 Punkte, dir bleiben 90. Soll ich das einlösen?"
    )
    assert anna.yes().speech == "Eingelöst: eine Packung Feuchttücher. Du hast noch 90 Punkte."


@pytest.mark.parametrize(
    ("dollars", "role", "taught"),
    [
        (0, "owner", []),
        (60, "owner", ["loyalty.check_points"]),
        (340, "owner", ["loyalty.list_rewards", "loyalty.check_points"]),
        (340, "child", []),
    ],
)
def test_what_is_taught_fits_the_balance(
    database: Database, dollars: int, role: str, taught: list[str]
) -> None:
    anna = speaker(database, dollars, role)
    household: UUID | None = anna.caller.household_id
    turn = Turn("r", "launch", "en-US", NOW, anna.caller)
    with database.reading(household) as unit:
        assert intents.teach(turn, Loyalty(unit)) == taught
