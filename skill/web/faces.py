"""Which faces there are for shoppers beside Alexa: the API, and account linking."""

from flask import Blueprint

from skill.settings import Settings
from skill.web.api import shop_api
from skill.web.program import Program


def shopper_faces(settings: Settings, program: Program) -> list[Blueprint]:
    """The API where tokens can be checked, and account linking where we have a key to sign with."""
    faces = [shop_api(program)] if program.tokens is not None else []
    if program.signing_key is None or settings.web is None:
        return faces
    # Imported here: Authlib is of the extra `server`, and a shop with a provider of its own needs none of it.
    from skill.web.oauth import oauth_pages
    from skill.web.page_guard import PageGuard
    from skill.web.pending import pending_pages

    guard = PageGuard(settings.web.url, program.signing_key.secret("pages"), program.now)
    faces.append(oauth_pages(program, program.signing_key, settings.web.url, guard))
    if program.card_links is not None:
        faces.append(pending_pages(program, guard, program.card_links))
    return faces
