"""What a visit begins with when something happened meanwhile, and "what's new"."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.declare import intent, on_no, on_yes
from skill.conversation.turn import Confirm, Reply, Turn
from skill.household.news import KINDS, News

MORE = "household.more_news"
TOLD_AT_ONCE = 2


def open_visit(turn: Turn, news: News) -> Reply | None:
    """Tell at most two things that happened since, before the shopper is asked what they want."""
    waiting = news.waiting(turn.caller, turn.at)
    first = waiting[:TOLD_AT_ONCE]
    told = news.tell(first, turn.at)
    if not told:
        return None
    needs = KINDS[first[0].kind].needs
    values = {"news": told, "more": len(waiting) - len(first), "name": turn.caller.name or ""}
    return Reply("LaunchRequest.news", values, needs=needs)


@intent("WhatsNewIntent")
def whats_new(turn: Turn, news: News) -> Reply:
    """Tell what happened meanwhile, one thing at a time."""
    waiting = news.waiting(turn.caller, turn.at) if turn.caller.household_id else []
    told = news.tell(waiting[:1], turn.at)
    if not told:
        return Reply("WhatsNewIntent.nothing")
    needs = KINDS[waiting[0].kind].needs
    if len(waiting) == 1:
        return Reply("WhatsNewIntent.told", {"news": told}, needs=needs)
    return Reply("WhatsNewIntent.more", {"news": told}, confirm=Confirm(MORE, {}), needs=needs)


@on_yes(MORE)
def tell_more(turn: Turn, news: News, payload: Mapping[str, Any]) -> Reply:
    """The next thing."""
    return whats_new(turn, news)


@on_no(MORE)
def enough_news(turn: Turn, news: News, payload: Mapping[str, Any]) -> Reply:
    """The rest waits for the next visit."""
    return Reply("NoIntent.enough_news")


def teach(turn: Turn, news: News) -> list[str]:
    """That the rest can be asked for, while there is some."""
    return ["news.whats_new"] if news.waiting(turn.caller, turn.at) else []
