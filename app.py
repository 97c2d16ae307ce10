"""The WSGI entry: `app`, for any WSGI server and for `flask --app app run`; `python app.py` serves it."""

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
        homes = None
        if chosen.development:
            from skill.cli.speaker_homes import speaker_homes  # the page is of development mode alone

            bootstrap.prepare(chosen)
            homes = speaker_homes(chosen)
        return web_app(chosen, bootstrap.build(chosen), homes)
    except (SettingsError, DatabaseError) as error:
        sys.stderr.write(f"restock: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    from skill.__main__ import main

    sys.argv.insert(1, "serve")
    main()
else:
    app = _made()
