"""A household with a subscription to oat milk, for the tests of subscriptions and their races."""

from datetime import date, timedelta

from skill.conversation.turn import Answer
from skill.orders.subscription_models import Subscription, SubscriptionRun
from skill.orders.subscription_rules import moment
from skill.orders.subscriptions import Subscriptions
from skill.storage.outbox import Outbox, OutboxMessage
from tests.orders.home import Home


class Subscribed(Home):
    """The demo household with oat milk every week, agreed to by voice."""

    def agree(self, product: str = "oat milk", interval: str = "P1W") -> Answer:
        return self.say(
            "AMAZON.YesIntent", self.say("StartSubscriptionIntent", product=product, interval=interval)
        )

    def one(self) -> Subscription:
        with self.database.reading(self.household_id) as unit:
            return Subscriptions(self.app.orders(unit)).all()[0]

    def runs(self) -> list[SubscriptionRun]:
        with self.database.reading(self.household_id) as unit:
            found = Subscriptions(self.app.orders(unit))
            return [run for one in found.all() for run in found.runs(one)]

    def states(self) -> list[tuple[str, str]]:
        return [(run.state, run.reason) for run in self.runs()]

    def work_until(self, day: date, *, hours: int = 12) -> None:
        """Let the worker run every few hours until the run of `day` is due, and once then."""
        due = moment(day, self.caller.zone)
        while self.now < due:
            self.app.work()
            self.now = min(due, self.now + timedelta(hours=hours))
        self.app.work()

    def messages(self) -> list[OutboxMessage]:
        with self.database.reading(self.household_id) as unit:
            found = Outbox(unit).all("waiting", "sent", "dropped")
        return [one for one in found if one.key.startswith("subscription:")]
