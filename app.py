"""The WSGI entry: `app`, for any WSGI server and for `flask --app app run`."""

import os

from skill import bootstrap, settings
from skill.web.serve import web_app

_settings = settings.load(os.environ, need_skill_id=True)
if _settings.development:
    bootstrap.prepare(_settings)
app = web_app(_settings, bootstrap.build(_settings))
