"""News for the next visit: each once, to those who may hear it, in whole sentences of every language."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from skill import bootstrap
from skill.conversation import locale_files
from skill.conversation.turn import Caller
from skill.household.news import (
    KINDS,
    News,
    VisitNews,
    add_news,
    as_spoken,
    forget_news,
    heard_news,
    withdraw_news,
)
from skill.household.roles import permissions
from skill.household.service import Households
from skill.storage.database import Database
from skill.storage.keys import new_id

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PAYLOAD = {
    "seller": "Corner Shop",
    "name": "Oat Milk",
    "day": "2026-11-24",
    "to": "credit",
    "risen": True,
    "why": "gone",
    "lines": [{"name": "Oat Milk", "quantity": 2}],
    "total_cents": 1299,
    "was_cents": 999,
    "amount_cents": 1299,
    "currency": "USD",
}
"""What the sentence of any kind says."""


@pytest.fixture
def household(database: Database) -> UUID:
    """A household of nobody yet."""
    found = new_id()
    with database.unit(found) as unit:
        Households(unit).create("Home", "UTC", AT)
    return found


def caller(household: UUID, role: str = "owner", member: UUID | None = None) -> Caller:
    return Caller(household, member or new_id(), "Anna", role, permissions(role))


def keep(database: Database, household: UUID, kind: str, subject: str = "one", **more: object) -> bool:
    with database.unit(household) as unit:
        return add_news(unit, AT, kind, subject, PAYLOAD, **more)  # type: ignore[arg-type]  # as named there


def waiting(database: Database, household: UUID, at: datetime = AT, role: str = "owner") -> list[str]:
    with database.reading(household) as unit:
        return [row.kind for row in News(unit).waiting(caller(household, role), at)]


def tell_all(database: Database, household: UUID) -> int:
    with database.unit(household) as unit:
        news = News(unit)
        return len(news.tell(news.waiting(caller(household), AT), AT))


def test_what_was_told_is_not_told_again_and_cannot_be_kept_again(
    database: Database, household: UUID
) -> None:
    assert keep(database, household, "order_late")
    assert not keep(database, household, "order_late")
    assert (tell_all(database, household), tell_all(database, household)) == (1, 0)
    assert not keep(database, household, "order_late")
    assert waiting(database, household) == []


def test_what_matters_most_comes_first(database: Database, household: UUID) -> None:
    for kind in reversed(list(KINDS)):
        keep(database, household, kind)
    ranks = [KINDS[kind].rank for kind in waiting(database, household)]
    assert ranks == sorted(kind.rank for kind in KINDS.values())


@pytest.mark.parametrize("role", ["child", "guest", "helper"])
def test_who_may_not_hear_of_orders_hears_no_news_of_them(
    database: Database, household: UUID, role: str
) -> None:
    keep(database, household, "refunded")
    assert waiting(database, household, role=role) == []
    assert waiting(database, household) == ["refunded"]


def test_news_of_one_member_is_told_to_that_member_alone(database: Database, household: UUID) -> None:
    anna = new_id()
    keep(database, household, "back_in_stock", member=anna)
    assert waiting(database, household) == []
    with database.reading(household) as unit:
        assert len(News(unit).waiting(caller(household, member=anna), AT)) == 1


def test_news_grow_old_and_are_forgotten_in_the_end(database: Database, household: UUID) -> None:
    end = AT + timedelta(days=1)
    keep(database, household, "order_late", expires=end)
    assert waiting(database, household, end) == []
    with database.unit(household) as unit:
        forget_news(unit, end)
        assert unit.session.get(VisitNews, (household, "order_late", "one")) is not None
        forget_news(unit, end + timedelta(seconds=1))
    assert keep(database, household, "order_late")


def test_what_is_true_no_longer_or_was_heard_elsewhere_is_not_told(
    database: Database, household: UUID
) -> None:
    keep(database, household, "order_late", "one:2")
    keep(database, household, "order_accepted", "one:3")
    keep(database, household, "refunded", "two")
    with database.unit(household) as unit:
        withdraw_news(unit, "one", "order_late")
    assert waiting(database, household) == ["order_accepted", "refunded"]
    with database.unit(household) as unit:
        heard_news(unit, "one", AT)
    assert waiting(database, household) == ["refunded"]


@pytest.mark.parametrize("locale", locale_files.available_locales())
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_one_sentence_or_two_in_every_language(locale: str, kind: str) -> None:
    row = VisitNews(
        household_id=new_id(), kind=kind, subject="", payload=PAYLOAD, created_at=AT, expires_at=AT
    )
    values = {"news": [as_spoken(row)], "today": AT.date()}
    said = bootstrap.speech(locale).prompts.render("WhatsNewIntent.told", values).speech
    assert said.count(". ") in (1, 2), said
    assert len(said) > len("That is all.") + 15
