"""The WSGI entry: `app`, for any WSGI server and for `flask --app app run`."""

import os
import sys

from flask import Flask

from skill import bootstrap, logs, settings
from skill.settings import SettingsError
from skill.storage.errors import DatabaseError
from skill.web.serve import web_app


def _made() -> Flask:
    """The application from the environment; what is wrong ends the process with one line and code 2."""
    logs.configure()
    try:
        chosen = settings.load(os.environ, need_skill_id=True)
        if chosen.development:
            bootstrap.prepare(chosen)
        return web_app(chosen, bootstrap.build(chosen))
    except (SettingsError, DatabaseError) as error:
        sys.stderr.write(f"restock: {error}\n")
        sys.exit(2)


app = _made()
