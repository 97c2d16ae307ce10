"""What each process of a race of workers does: wait for the start, do a round, tell how much it ordered."""

import json
import sys
import time
from datetime import datetime

from skill.bootstrap import App
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from skill.storage.engine import make_engine


def main(url: str) -> None:
    """For each line {at, start}: do the worker's round of `at` at the moment `start`."""
    database = Database(make_engine(url))
    app = App(Settings(env="development"), database, lambda: datetime.max, shop=DemoShop(database))
    print("ready", flush=True)  # noqa: T201 (the race's own protocol)
    for line in sys.stdin:
        task = json.loads(line)
        time.sleep(max(0.0, task["start"] - time.time()))
        print(app.work(datetime.fromisoformat(task["at"])).subscriptions_run, flush=True)  # noqa: T201
    database.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
