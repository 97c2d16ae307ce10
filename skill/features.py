"""What features there are: their intents, their tables, and who hears of an order."""

from collections.abc import Sequence

from skill.baby import intents as baby_intents
from skill.baby import size_intents
from skill.baby.models import BABY_TABLES
from skill.catalog import intents as catalog_intents
from skill.conversation import intents as conversation_intents
from skill.conversation.confirmation import Confirmation
from skill.conversation.declare import Declarations, declared
from skill.household import news_intents
from skill.household.account_models import ACCOUNT_TABLES
from skill.household.news import VisitNews
from skill.household.notices import NoticeAddress
from skill.household.registry import Registry
from skill.household.service import HOUSEHOLD_TABLES
from skill.loyalty import intents as loyalty_intents
from skill.loyalty import waiting as waiting_intents
from skill.loyalty.models import LOYALTY_TABLES
from skill.loyalty.service import earn_for_deliveries
from skill.loyalty.waiting import credit_waiting
from skill.orders import (
    address_intents,
    bound_intents,
    code_intents,
    delivery_intents,
    discovery_intents,
    gift_intents,
    list_intents,
    named_list_intents,
    need_intents,
    notice_intents,
    offer_intents,
    opinion_intents,
    quote_intents,
    reminder_intents,
    resume_intents,
    return_intents,
    shortage_intents,
    status_intents,
    subscription_intents,
    substitution_intents,
    together_intents,
)
from skill.orders import intents as orders_intents
from skill.orders.delivery_models import DELIVERY_TABLES
from skill.orders.events import Subscriber
from skill.orders.mail import confirm_by_mail
from skill.orders.models import ORDERS_TABLES
from skill.orders.news import keep_news
from skill.orders.offers import NeedOffer
from skill.orders.order_notices import tell_order_status
from skill.orders.return_models import RETURN_TABLES
from skill.orders.shop_event_models import SHOP_EVENT_TABLES
from skill.orders.subscription_models import SUBSCRIPTION_TABLES
from skill.orders.substitution_models import SUBSTITUTION_TABLES
from skill.orders.together_models import TOGETHER_TABLES
from skill.storage.idempotency import TurnRecord
from skill.storage.outbox import OutboxMessage

INTENT_MODULES = (
    address_intents,
    conversation_intents,
    news_intents,
    subscription_intents,
    catalog_intents,
    orders_intents,
    resume_intents,
    status_intents,
    return_intents,
    delivery_intents,
    gift_intents,
    list_intents,
    named_list_intents,
    bound_intents,
    quote_intents,
    need_intents,
    notice_intents,
    reminder_intents,
    offer_intents,
    discovery_intents,
    opinion_intents,
    together_intents,
    shortage_intents,
    substitution_intents,
    code_intents,
    loyalty_intents,
    waiting_intents,
    baby_intents,
    size_intents,
)
BASIC_EXAMPLES = (
    "orders.reorder_usual",
    "loyalty.check_points",
    "orders.order_item",
    "catalog.find_product",
)
"""What help teaches somebody who has done nothing yet."""
SUBSCRIBERS: Sequence[Subscriber] = (
    earn_for_deliveries,
    credit_waiting,
    confirm_by_mail,
    keep_news,
    tell_order_status,
)
"""Who hears of each order, in the same transaction."""


def declarations() -> Declarations:
    """Every intent that the product has."""
    return declared(INTENT_MODULES)


def registry() -> Registry:
    """Every household-owned table, by feature, parents before children."""
    return Registry(
        {
            "household": (*HOUSEHOLD_TABLES, VisitNews, NoticeAddress, *ACCOUNT_TABLES),
            "orders": (
                *ORDERS_TABLES,
                *DELIVERY_TABLES,
                *RETURN_TABLES,
                *SUBSCRIPTION_TABLES,
                *SUBSTITUTION_TABLES,
                *SHOP_EVENT_TABLES,
                *TOGETHER_TABLES,
                NeedOffer,
            ),
            "loyalty": LOYALTY_TABLES,
            "baby": BABY_TABLES,
            "conversation": (Confirmation, TurnRecord),
            "outbox": (OutboxMessage,),
        }
    )
