"""Earning, rewards, claims and holds, one behaviour at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from skill.household.models import ContactCap, Household
from skill.household.registry import Registry
from skill.loyalty.ledger import CorrectionRefused, Ledger, SourceReused
from skill.loyalty.models import (
    LOYALTY_TABLES,
    EarnRule,
    LoyaltyAccount,
    PointsTransfer,
    Redemption,
    Reward,
    RewardName,
)
from skill.loyalty.rules import Balance
from skill.loyalty.service import HoldClosed, Loyalty, NotEnoughPoints, earn_for_deliveries
from skill.orders.events import OrderPlaced
from skill.storage.database import Database, Unit
from skill.storage.keys import new_id
from tests.loyalty.small_shop import (
    NOW,
    RULE_FROM,
    close_shop,
    delivery,
    entries_by_transfer,
    line_returned,
    new_home,
    new_member,
    open_holds,
    open_shop,
    reward,
    rows,
)

WIPES, COFFEE, DOLLAR = reward("pack-of-wipes"), reward("bag-of-coffee"), reward("one-dollar-off")
LAST_INSTANT = NOW + timedelta(seconds=120)
TOO_LATE = LAST_INSTANT + timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def shop(database: Database) -> None:
    open_shop(database)


def balance(database: Database, household: UUID) -> Balance:
    with database.reading(household) as unit:
        return Loyalty(unit).balance(NOW)


def test_a_delivery_earns_once_however_often_it_is_told(database: Database) -> None:
    household = new_home(database)
    event = delivery(household, 12_49)
    for expected in (12, 0, 0):
        with database.unit(household) as unit:
            assert Loyalty(unit).earn_on_delivery(event) == expected
    assert balance(database, household) == Balance(12, 0)


def test_one_delivery_told_with_two_values_is_an_error_without_effect(database: Database) -> None:
    household = new_home(database)
    event = delivery(household, 12_00)
    with database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(event)
    with pytest.raises(SourceReused), database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(replace(event, goods_cents=13_00))
    assert balance(database, household) == Balance(12, 0)


def test_a_delivery_of_another_household_is_refused(database: Database) -> None:
    household = new_home(database)
    with pytest.raises(ValueError, match="another household"), database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(delivery(new_id(), 10_00))


def test_points_need_a_household_that_exists(database: Database) -> None:
    household = new_id()
    with pytest.raises(LookupError), database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(delivery(household, 10_00))


@pytest.mark.parametrize(("goods_cents", "currency"), [(99, "USD"), (50_00, "GBP")])
def test_a_delivery_that_earns_nothing_writes_nothing(
    database: Database, goods_cents: int, currency: str
) -> None:
    household = new_home(database)
    with database.unit(household) as unit:
        event = replace(delivery(household, goods_cents), currency=currency)
        assert Loyalty(unit).earn_on_delivery(event) == 0
    with database.reading(household) as unit:
        assert rows(unit, PointsTransfer) == []


def test_a_rule_of_today_does_not_change_yesterday(database: Database) -> None:
    household = new_home(database)
    with database.unit(None) as unit:
        old = unit.session.get_one(EarnRule, "one-a-dollar")
        old.valid_until = NOW
        unit.session.add(EarnRule(id="two-a-dollar", currency="USD", points_per_unit=2, valid_from=NOW))
    yesterday = replace(delivery(household, 10_00), at=NOW - timedelta(days=1))
    with database.unit(household) as unit:
        assert Loyalty(unit).earn_on_delivery(yesterday) == 10
        assert Loyalty(unit).earn_on_delivery(delivery(household, 10_00)) == 20
        assert Loyalty(unit).earn_on_delivery(replace(delivery(household, 10_00), at=RULE_FROM)) == 10
        assert {transfer.rule_id for transfer in rows(unit, PointsTransfer)} == {
            "one-a-dollar",
            "two-a-dollar",
        }


def test_order_events_earn_only_when_the_order_is_delivered(database: Database) -> None:
    household = new_home(database)
    placed = OrderPlaced(household, new_id(), None, 10_00, "USD", NOW, "en-US")
    with database.unit(household) as unit:
        earn_for_deliveries(unit, placed)
        assert Loyalty(unit).balance(NOW).total == 0
        earn_for_deliveries(unit, delivery(household, 10_00))
        assert Loyalty(unit).balance(NOW).total == 10


def test_a_claim_holds_points_and_yes_redeems_them_once(database: Database) -> None:
    household = new_home(database, dollars=340)
    with database.unit(household) as unit:
        claim = Loyalty(unit).claim(WIPES, NOW)
        assert claim.left_points == 90
        assert Loyalty(unit).balance(NOW) == Balance(90, 250)
    for _again in range(2):
        with database.unit(household) as unit:
            redeemed = Loyalty(unit).redeem(claim.hold_id, LAST_INSTANT)
            assert (redeemed.reward_id, redeemed.points, redeemed.state) == (WIPES.id, 250, "claimed")
    with database.reading(household) as unit:
        assert len(rows(unit, Redemption)) == 1
        assert Loyalty(unit).balance(NOW) == Balance(90, 0)


def test_a_claim_of_more_than_there_is_says_how_much_is_missing(database: Database) -> None:
    household = new_home(database, dollars=340)
    with pytest.raises(NotEnoughPoints) as refused, database.unit(household) as unit:
        Loyalty(unit).claim(COFFEE, NOW)
    assert refused.value.missing_points == 560
    assert balance(database, household) == Balance(340, 0)


def test_a_hold_lapses_by_itself_and_can_then_not_be_redeemed(database: Database) -> None:
    household = new_home(database, dollars=340)
    with database.unit(household) as unit:
        claim = Loyalty(unit).claim(WIPES, NOW)
    with database.reading(household) as unit:
        assert Loyalty(unit).balance(LAST_INSTANT) == Balance(90, 250)
        assert Loyalty(unit).balance(TOO_LATE) == Balance(340, 0)
    with pytest.raises(HoldClosed), database.unit(household) as unit:
        Loyalty(unit).redeem(claim.hold_id, TOO_LATE)


def test_a_sweep_writes_the_lapse_down_at_its_own_time(database: Database) -> None:
    household = new_home(database, dollars=340)
    with database.unit(household) as unit:
        Loyalty(unit).claim(WIPES, NOW)
    with database.unit(household) as unit:
        assert Loyalty(unit).expire_holds(LAST_INSTANT) == 0
        assert Loyalty(unit).expire_holds(NOW + timedelta(days=3)) == 1
        assert Loyalty(unit).expire_holds(NOW + timedelta(days=3)) == 0
        assert Loyalty(unit).balance(TOO_LATE) == Balance(340, 0)
        assert [t.at for t in rows(unit, PointsTransfer) if t.kind == "lapse"] == [LAST_INSTANT]


def test_no_gives_the_points_back_and_a_yes_after_it_takes_nothing(database: Database) -> None:
    household = new_home(database, dollars=340)
    with database.unit(household) as unit:
        claim = Loyalty(unit).claim(WIPES, NOW)
        Loyalty(unit).drop(claim.hold_id, NOW)
        Loyalty(unit).drop(claim.hold_id, NOW)
        assert Loyalty(unit).balance(NOW) == Balance(340, 0)
    with pytest.raises(HoldClosed), database.unit(household) as unit:
        Loyalty(unit).redeem(claim.hold_id, NOW)


def test_a_member_who_asks_for_something_else_frees_the_first_claim(database: Database) -> None:
    household = new_home(database, dollars=340)
    anna, ben = new_member(database, household, "Anna"), new_member(database, household, "Ben")
    with database.unit(household) as unit:
        loyalty = Loyalty(unit)
        loyalty.claim(DOLLAR, NOW, ben)
        loyalty.claim(DOLLAR, NOW, anna)
        assert loyalty.balance(NOW) == Balance(140, 200)
        with pytest.raises(NotEnoughPoints):
            loyalty.claim(WIPES, NOW, None)
        loyalty.claim(DOLLAR, NOW, anna)
        assert loyalty.balance(NOW) == Balance(140, 200)
        assert open_holds(unit) == 2


def test_an_unknown_hold_is_closed(database: Database) -> None:
    household = new_home(database, dollars=340)
    with pytest.raises(HoldClosed), database.unit(household) as unit:
        Loyalty(unit).redeem(new_id(), NOW)


def test_one_household_cannot_redeem_the_hold_of_another(database: Database) -> None:
    ours, theirs = new_home(database, dollars=340), new_home(database, dollars=340)
    with database.unit(ours) as unit:
        claim = Loyalty(unit).claim(WIPES, NOW)
    with pytest.raises(HoldClosed), database.unit(theirs) as unit:
        Loyalty(unit).redeem(claim.hold_id, NOW)
    assert balance(database, theirs) == Balance(340, 0)


def test_a_correction_is_a_new_transfer_that_names_the_one_before(database: Database) -> None:
    household, order = new_home(database, dollars=100), new_id()
    with database.unit(household) as unit:
        loyalty = Loyalty(unit)
        loyalty.earn_on_delivery(delivery(household, 50_00, order))
        before = entries_by_transfer(unit)
        event = line_returned(household, order, 2)
        assert loyalty.correct_earning(event) == 33
        assert loyalty.correct_earning(event) == 0
        assert loyalty.correct_earning(line_returned(household, order, 1)) == 0
        assert loyalty.correct_earning(line_returned(household, order, 3)) == 17
        assert loyalty.balance(NOW) == Balance(100, 0)
        after = entries_by_transfer(unit)
        first, second = [one for one in rows(unit, PointsTransfer) if one.kind == "correct"]
    assert after == before | {
        first.id: {"available": -33, "issued": 33},
        second.id: {"available": -17, "issued": 17},
    }
    assert {first.corrects_id, second.corrects_id} & set(before)
    assert first.id in (first.corrects_id, second.corrects_id) or second.id == first.corrects_id


def test_spent_points_of_returned_goods_become_a_debt_that_the_next_ones_pay(database: Database) -> None:
    household, order = new_home(database), new_id()
    with database.unit(household) as unit:
        loyalty = Loyalty(unit)
        loyalty.earn_on_delivery(delivery(household, 260_00, order))
        loyalty.redeem(loyalty.claim(WIPES, NOW).hold_id, NOW)
        loyalty.correct_earning(line_returned(household, order, 3))
    assert balance(database, household) == Balance(0, 0, 250)
    with database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(delivery(household, 200_00))
    assert balance(database, household) == Balance(0, 0, 50)
    with database.unit(household) as unit:
        Loyalty(unit).earn_on_delivery(delivery(household, 80_00))
    assert balance(database, household) == Balance(30, 0)


def test_held_points_that_come_free_pay_the_debt(database: Database) -> None:
    household, order = new_home(database), new_id()
    with database.unit(household) as unit:
        loyalty = Loyalty(unit)
        loyalty.earn_on_delivery(delivery(household, 300_00, order))
        claim = loyalty.claim(WIPES, NOW)
        loyalty.correct_earning(line_returned(household, order, 1))
        assert loyalty.balance(NOW) == Balance(0, 250, 50)
        loyalty.drop(claim.hold_id, NOW)
        assert loyalty.balance(NOW) == Balance(200, 0)


def test_goods_that_earned_nothing_take_nothing_back(database: Database) -> None:
    household = new_home(database, dollars=100)
    with database.unit(household) as unit:
        assert Loyalty(unit).correct_earning(line_returned(household, new_id(), 3)) == 0
    assert balance(database, household) == Balance(100, 0)


def test_the_ledger_takes_back_no_more_than_was_earned(database: Database) -> None:
    household = new_home(database, dollars=100)
    with pytest.raises(CorrectionRefused), database.unit(household) as unit:
        Ledger(unit).correct("order:unheard-of", 1, "return:1", NOW)


def test_a_return_of_another_household_is_refused(database: Database) -> None:
    household = new_home(database, dollars=100)
    with pytest.raises(ValueError, match="another household"), database.unit(household) as unit:
        Loyalty(unit).correct_earning(line_returned(new_id(), new_id(), 1))


def test_voices_that_claim_at_once_never_spend_the_same_points(database: Database) -> None:
    household = new_home(database, dollars=340)
    members = [new_member(database, household, name) for name in ("Anna", "Ben", "Cleo", "Dan")]

    def claim(member: UUID) -> bool:
        def work(unit: Unit) -> None:
            loyalty = Loyalty(unit)
            loyalty.redeem(loyalty.claim(WIPES, NOW, member).hold_id, NOW)

        try:
            database.run(household, work)
        except NotEnoughPoints:
            return False
        return True

    with ThreadPoolExecutor(len(members)) as pool:
        assert sorted(pool.map(claim, members)) == [False, False, False, True]
    assert balance(database, household) == Balance(90, 0)


def test_a_delivery_told_by_several_at_once_earns_once(database: Database) -> None:
    household = new_home(database)
    event = delivery(household, 20_00)

    def earn(_number: int) -> int:
        return database.run(household, lambda unit: Loyalty(unit).earn_on_delivery(event))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(earn, range(4))) == [0, 0, 0, 20]
    with database.reading(household) as unit:
        assert len(rows(unit, LoyaltyAccount)) == 5


def test_rewards_are_named_in_the_language_of_the_turn_cheapest_first(database: Database) -> None:
    with database.unit(None) as unit:
        unit.session.add(Reward(id="mug", kind="product", points=120))
        unit.session.flush()
        unit.session.add(RewardName(reward_id="mug", language="", name="Lumo"))
    with database.reading(None) as unit:
        names = {
            language: [r.name for r in Loyalty(unit).rewards(language)] for language in ("en", "de", "fr")
        }
    assert names["en"] == ["one dollar off", "Lumo", "a pack of wipes", "a bag of coffee"]
    assert names["de"] == ["ein Dollar Rabatt", "Lumo", "eine Packung Feuchttücher", "eine Packung Kaffee"]
    assert names["fr"] == ["Lumo"]


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "coffee", "bag-of-coffee"),
        ("en", "the wipes please", "pack-of-wipes"),
        ("en", "dollar off", "one-dollar-off"),
        ("en", "claim a pack of wipes", "pack-of-wipes"),
        ("en", "please get me one dollar off", "one-dollar-off"),
        ("de", "löse eine packung kaffee ein", "bag-of-coffee"),
        ("de", "kaffee", "bag-of-coffee"),
        ("de", "die feuchttücher", "pack-of-wipes"),
    ],
)
def test_a_named_reward_is_found(database: Database, language: str, words: str, found: str) -> None:
    with database.reading(None) as unit:
        match = Loyalty(unit).find_reward(words, language)
    assert (match.decision, [r.id for r in match.rewards]) == ("act", [found])


@pytest.mark.parametrize(
    "words", ["a helicopter", "the", "", "   ", "🎁", "x" * 10_000, "'; drop table reward; --"]
)
def test_what_is_no_reward_is_declined(database: Database, words: str) -> None:
    with database.reading(None) as unit:
        match = Loyalty(unit).find_reward(words, "en")
    assert (match.decision, match.rewards) == ("decline", ())


def test_two_likely_rewards_are_put_as_a_choice_that_the_answer_settles(database: Database) -> None:
    with database.unit(None) as unit:
        unit.session.add(Reward(id="ten-dollars-off", kind="coupon", points=1000))
        unit.session.flush()
        unit.session.add(RewardName(reward_id="ten-dollars-off", language="en", name="ten dollars off"))
    with database.reading(None) as unit:
        loyalty = Loyalty(unit)
        asked = loyalty.find_reward("dollars off", "en")
        assert asked.decision == "ask"
        assert {r.id for r in asked.rewards} == {"one-dollar-off", "ten-dollars-off"}
        answered = loyalty.find_reward("the ten", "en", [r.id for r in asked.rewards])
        assert (answered.decision, answered.rewards[0].id) == ("act", "ten-dollars-off")
        changed = loyalty.find_reward("the coffee", "en", [r.id for r in asked.rewards])
        assert (changed.decision, changed.rewards[0].id) == ("act", "bag-of-coffee")


def test_a_shop_without_rewards_matches_nothing(database: Database) -> None:
    close_shop(database)
    with database.reading(None) as unit:
        assert Loyalty(unit).rewards("en") == []
        assert Loyalty(unit).find_reward("coffee", "en").decision == "decline"


def test_points_survive_an_export_an_erasure_and_an_import(database: Database) -> None:
    household, order = new_home(database, dollars=340), new_id()
    registry = Registry({"household": (Household, ContactCap), "loyalty": LOYALTY_TABLES})
    with database.unit(household) as unit:
        loyalty = Loyalty(unit)
        loyalty.earn_on_delivery(delivery(household, 50_00, order))
        loyalty.correct_earning(line_returned(household, order, 3))
        loyalty.redeem(loyalty.claim(WIPES, NOW).hold_id, NOW)
        exported = registry.export(unit)
    with database.unit(household) as unit:
        assert registry.erase(unit) > 0
    with database.unit(household) as unit:
        assert Loyalty(unit).balance(NOW) == Balance(0, 0)
        registry.load(unit, exported)
    with database.reading(household) as unit:
        assert registry.export(unit) == exported
        assert Loyalty(unit).balance(NOW) == Balance(90, 0)
