"""What each process of a race does: wait for the start, say yes, tell what came of it; round by round."""

import json
import sys
import time
from datetime import datetime
from uuid import UUID

from skill.bootstrap import App
from skill.conversation.errors import SpokenError
from skill.orders.quotes import Shopper
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from skill.storage.engine import make_engine
from skill.storage.keys import new_id


def main(url: str) -> None:
    """For each line {household, zone, quote, at, start}: say yes at the moment `start`, print the outcome."""
    database = Database(make_engine(url))
    app = App(Settings(env="development"), database, lambda: datetime.max, shop=DemoShop(database))
    print("ready", flush=True)  # noqa: T201 (the race's own protocol)
    for line in sys.stdin:
        task = json.loads(line)
        time.sleep(max(0.0, task["start"] - time.time()))
        print(_yes(app, task), flush=True)  # noqa: T201 (the race's own protocol)
    database.engine.dispose()


def _yes(app: App, task: dict[str, str]) -> str:
    shopper = Shopper(datetime.fromisoformat(task["at"]), "en", task["zone"])
    try:
        return app.database.run(
            UUID(task["household"]),
            lambda unit: _states(app.orders(unit).placing.place(shopper, [task["quote"]], str(new_id()))),
        )
    except SpokenError as error:
        return error.reply.prompt


def _states(outcome: object) -> str:
    if isinstance(outcome, list):
        return ",".join(order.state for order in outcome)
    return type(outcome).__name__


if __name__ == "__main__":
    main(sys.argv[1])
