"""Which faces there are for shoppers beside Alexa: account linking and its pages."""

from flask import Blueprint

from skill.settings import Settings
from skill.web.program import Program


def shopper_faces(settings: Settings, program: Program) -> list[Blueprint]:
    """Account linking where we have a key to sign with."""
    if program.signing_key is None or settings.web is None:
        return []
    # Imported here: Authlib is of the extra `server`, and a shop with a provider of its own needs none of it.
    from skill.web.oauth import oauth_pages
    from skill.web.page_guard import PageGuard

    guard = PageGuard(settings.web.url, program.signing_key.secret("pages"), program.now)
    return [oauth_pages(program, program.signing_key, settings.web.url, guard)]
