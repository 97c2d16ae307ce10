"""The role table against every declared intent: a new intent needs a row here."""

import pytest

from skill import features
from skill.household.roles import PERMISSIONS, ROLES, permissions

ALL = {"owner", "adult", "helper", "child", "guest"}
SHOPPERS = {"owner", "adult"}
HANDS = {"owner", "adult", "helper"}
TABLE: dict[str, tuple[str, set[str]]] = {
    "LaunchRequest": ("browse", ALL),
    "AMAZON.HelpIntent": ("browse", ALL),
    "AMAZON.FallbackIntent": ("browse", ALL),
    "AMAZON.RepeatIntent": ("browse", ALL),
    "AMAZON.StopIntent": ("browse", ALL),
    "AMAZON.CancelIntent": ("browse", ALL),
    "AMAZON.NavigateHomeIntent": ("browse", ALL),
    "AMAZON.YesIntent": ("browse", ALL),
    "AMAZON.NoIntent": ("browse", ALL),
    "AMAZON.StartOverIntent": ("browse", ALL),
    "SessionResumedRequest": ("secure", SHOPPERS),
    "WhatsNewIntent": ("browse", ALL),
    "ReorderUsualIntent": ("reorder", HANDS),
    "ReorderLastOrderIntent": ("reorder", HANDS),
    "OrderListIntent": ("reorder", HANDS),
    "OrderItemIntent": ("order", SHOPPERS),
    "OrderAnywayIntent": ("reorder", HANDS),
    "OrderStatusIntent": ("orders", SHOPPERS),
    "LastOrderIntent": ("orders", SHOPPERS),
    "ReturnItemIntent": ("cancel", SHOPPERS),
    "ReturnOrderIntent": ("cancel", SHOPPERS),
    "CancelOrderIntent": ("reorder", HANDS),
    "ReadQuoteIntent": ("browse", ALL),
    "ContinueOrderIntent": ("reorder", HANDS),
    "ChangeQuantityIntent": ("reorder", HANDS),
    "RunningLowIntent": ("orders", SHOPPERS),
    "NextNeedIntent": ("orders", SHOPPERS),
    "WhyIntent": ("orders", SHOPPERS),
    "LeaveOutIntent": ("reorder", HANDS),
    "WatchStockIntent": ("list", HANDS),
    "StopWatchingIntent": ("list", HANDS),
    "SetSubstituteIntent": ("order", SHOPPERS),
    "NeverSubstituteIntent": ("order", SHOPPERS),
    "ListSubstitutesIntent": ("orders", SHOPPERS),
    "ForgetSubstituteIntent": ("order", SHOPPERS),
    "ChangeAddressIntent": ("reorder", HANDS),
    "HideGiftIntent": ("reorder", HANDS),
    "ShowGiftIntent": ("orders", SHOPPERS),
    "ChooseDeliveryIntent": ("reorder", HANDS),
    "ListDeliveryIntent": ("browse", ALL),
    "DeliveryCarbonIntent": ("browse", ALL),
    "ChangeSizeIntent": ("reorder", HANDS),
    "SetVoiceCodeIntent": ("secure", SHOPPERS),
    "RemoveVoiceCodeIntent": ("secure", SHOPPERS),
    "GiveVoiceCodeIntent": ("secure", SHOPPERS),
    "SetReminderIntent": ("orders", SHOPPERS),
    "TurnOnNoticesIntent": ("orders", SHOPPERS),
    "TurnOffNoticesIntent": ("orders", SHOPPERS),
    "TurnOnChildModeIntent": ("secure", SHOPPERS),
    "TurnOffChildModeIntent": ("secure", SHOPPERS),
    "StartSubscriptionIntent": ("order", SHOPPERS),
    "ListSubscriptionsIntent": ("orders", SHOPPERS),
    "SkipDeliveryIntent": ("cancel", SHOPPERS),
    "PauseSubscriptionIntent": ("cancel", SHOPPERS),
    "ResumeSubscriptionIntent": ("order", SHOPPERS),
    "ChangeSubscriptionIntent": ("order", SHOPPERS),
    "CancelSubscriptionIntent": ("cancel", SHOPPERS),
    "AddToListIntent": ("list", HANDS),
    "RemoveFromListIntent": ("list", HANDS),
    "ReadListIntent": ("list", HANDS),
    "ClearListIntent": ("list", HANDS),
    "CreateListIntent": ("list", HANDS),
    "DeleteListIntent": ("list", HANDS),
    "WhichListsIntent": ("list", HANDS),
    "BindButtonIntent": ("order", SHOPPERS),
    "PressButtonIntent": ("reorder", HANDS),
    "ListButtonsIntent": ("reorder", HANDS),
    "ForgetButtonIntent": ("order", SHOPPERS),
    "CheckPointsIntent": ("points", SHOPPERS),
    "ListRewardsIntent": ("browse", ALL),
    "WaitingCreditIntent": ("points", SHOPPERS),
    "FindProductIntent": ("browse", ALL),
    "BrowseProductsIntent": ("browse", ALL),
    "BestRatedIntent": ("browse", ALL),
    "MostWishedIntent": ("browse", ALL),
    "ReadReviewsIntent": ("browse", ALL),
    "BoughtTogetherIntent": ("order", SHOPPERS),
    "LargerPackIntent": ("reorder", HANDS),
    "ClaimRewardIntent": ("claim", SHOPPERS),
    "LogDiaperIntent": ("care", HANDS),
    "LogFeedingIntent": ("care", HANDS),
    "LastActivityIntent": ("care", HANDS),
    "UndoLastEntryIntent": ("care", HANDS),
    "DiaperStockIntent": ("care", HANDS),
    "OrderDiapersIntent": ("reorder", HANDS),
}
"""Intent -> the permission it needs, and the roles that have it."""

ASKED_WITHIN = {"cancel": "CancelOrderIntent; with an offer open it only drops that"}
"""Permissions that an intent asks for in some cases only; tests/orders/test_order_roles.py shows them."""


def test_every_declared_intent_has_a_row() -> None:
    assert set(features.declarations().intents) == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_intent_is_open_to_its_roles_and_to_no_other(name: str) -> None:
    needs, roles = TABLE[name]
    assert features.declarations().intents[name].needs == needs
    assert {role for role in ROLES if needs in permissions(role)} == roles


def test_every_permission_is_known_and_needed() -> None:
    needed = {intent.needs for intent in features.declarations().intents.values()}
    assert needed | set(ASKED_WITHIN) == set(PERMISSIONS)
    assert set().union(*ROLES.values()) == set(PERMISSIONS)


def test_an_unknown_role_may_do_what_a_guest_may() -> None:
    assert permissions("emperor") == permissions("guest")


def test_nobody_who_may_not_order_can_confirm_an_order() -> None:
    for intent in features.declarations().intents.values():
        if intent.name.startswith(("Order", "Reorder", "Claim", "Cancel")) and intent.needs != "orders":
            assert intent.needs not in permissions("child") | permissions("guest")
