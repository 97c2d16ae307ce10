"""Tells a household of its subscriptions' runs: on the device and by e-mail, through the outbox."""

from collections.abc import Sequence
from datetime import date, datetime

from skill.conversation import prompts
from skill.conversation.wording import Money
from skill.household.service import Households
from skill.orders.mail import MAIL, PURCHASE
from skill.orders.news import tell_standing_run
from skill.orders.subscription_models import Subscription, SubscriptionLine, run_name
from skill.orders.subscription_rules import moment
from skill.storage.database import Unit
from skill.storage.outbox import Outbox

NOTICE, UPDATES = "notice", "order_updates"


def tell_run(
    unit: Unit,
    subscription: Subscription,
    lines: Sequence[SubscriptionLine],
    at: datetime,
    *,
    day: date,
    outcome: str,
    now_cents: int,
) -> None:
    """Write what is about to happen, or did not happen, to the run of `day`; once for each price.

    `outcome` is announced, ordered, held_price, held_limit, gone, out_of_stock, double, refused or
    missed. The letter is part of the purchase, as the standing yes was given on the promise of it; the notice
    needs the member's consent to order updates. The next visit tells of it in any case.
    """
    _keep_for_the_visit(unit, subscription, lines, at, day=day, outcome=outcome, now_cents=now_cents)
    if subscription.member_id is None or outcome == "ordered":  # an order has its own confirmation
        return
    member = Households(unit).member(subscription.member_id)
    if member is None:
        return
    values = {
        **_terms(subscription, lines, now_cents),
        "name": member.name,
        "day": day,
        "outcome": outcome,
    }
    rendered = prompts.for_locale(subscription.locale).render("Mail.subscription_run", values)
    card = rendered.card or {"title": rendered.speech, "text": rendered.speech}
    key = f"subscription:{subscription.id}:{day}:{outcome}:{now_cents}"
    notice = {"text": rendered.speech, "seller": subscription.seller_name, "locale": subscription.locale}
    outbox = Outbox(unit)
    outbox.put(NOTICE, f"{key}:notice", notice, at, purpose=UPDATES, member_id=member.id)
    if member.email:
        letter = {"to": member.email, "subject": card["title"], "text": card["text"]}
        outbox.put(MAIL, f"{key}:mail", letter, at, purpose=PURCHASE, member_id=member.id)


def _keep_for_the_visit(
    unit: Unit,
    subscription: Subscription,
    lines: Sequence[SubscriptionLine],
    at: datetime,
    *,
    day: date,
    outcome: str,
    now_cents: int,
) -> None:
    tell_standing_run(
        unit,
        at,
        run_name(subscription, day),
        outcome,
        [{"name": line.name, "quantity": line.quantity} for line in lines],
        seller=subscription.seller_name,
        day=day,
        cents=(now_cents, subscription.total_cents),
        currency=subscription.currency,
        until=moment(day, Households(unit).get().zone),
    )


def _terms(
    subscription: Subscription, lines: Sequence[SubscriptionLine], now_cents: int
) -> dict[str, object]:
    return {
        "seller": subscription.seller_name,
        "lines": [{"name": line.name, "quantity": line.quantity} for line in lines],
        "was": Money(subscription.total_cents, subscription.currency),
        "total": Money(now_cents, subscription.currency),
        "risen": now_cents > subscription.total_cents,
    }
