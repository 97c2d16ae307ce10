"""The routes of the speaker page: the page, its forms, and the fixture to keep."""

import re
from functools import partial

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from skill.web.speaker import guard, view
from skill.web.speaker.actions import perform
from skill.web.speaker.sessions import Held, Notice, Sessions

FIXTURE_NAME = "from the speaker"
LONGEST_NAME = 80


def speaker_page(sessions: Sessions) -> Blueprint:
    """The page for the studios of `sessions`, to be registered in development only."""
    pages = Blueprint(
        "speaker",
        "skill.web.speaker",
        url_prefix="/speaker",
        template_folder="templates",
        static_folder="static",
    )
    for template_filter in (view.money, view.day, view.diary_line):
        pages.add_app_template_filter(template_filter)
    pages.before_request(lambda: guard.require_own(request))
    pages.after_request(guard.protected)
    for path, name, answer, method in (
        ("", "show", _show, "GET"),
        ("", "act", _act, "POST"),
        ("/suggestions", "suggest", _suggest, "GET"),
        ("/fixture.toml", "fixture", _fixture, "GET"),
    ):
        pages.add_url_rule(path, name, partial(answer, sessions), methods=[method])
    return pages


def _show(sessions: Sessions) -> AnyResponse:
    with sessions.use(_session_id()) as (session_id, held):
        return _remembering(session_id, _page(held, sessions))


def _act(sessions: Sessions) -> AnyResponse:
    with sessions.use(_session_id()) as (session_id, held):
        if request.form.get("do") == "home":
            _move(sessions, session_id)
        else:
            held.notice = perform(held.studio, request.form)
    # The browser asks for the page anew, so that loading it again does not say the sentence twice.
    return _to_page(session_id)


def _suggest(sessions: Sessions) -> AnyResponse:
    with sessions.use(_session_id()) as (session_id, held):
        found = held.studio.suggestions(request.args.get("typed", ""))
    return _remembering(session_id, jsonify(found))


def _fixture(sessions: Sessions) -> AnyResponse:
    with sessions.use(_session_id()) as (session_id, held):
        if not held.studio.exchanges:
            held.notice = Notice("Nothing was said yet, so there is nothing to keep.", is_error=True)
            return _to_page(session_id)
        response = make_response(held.studio.fixture(_fixture_name()))
    response.mimetype = "application/toml"
    file_name = re.sub(r"[^a-z0-9]+", "-", _fixture_name().lower()).strip("-") or "fixture"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}.toml"'
    return _remembering(session_id, response)


def _to_page(session_id: str) -> AnyResponse:
    return _remembering(session_id, redirect(url_for("speaker.show"), 303))


def _page(held: Held, sessions: Sessions) -> Response:
    shown = view.page(held, sessions.homes, chosen=request.args.get("turn", type=int))
    wanted = "fixture" in request.args and held.studio.exchanges
    kept = view.kept(held.studio, _fixture_name()) if wanted else None
    held.notice = None
    return make_response(render_template("speaker/page.html", kept=kept, **shown))


def _move(sessions: Sessions, session_id: str) -> None:
    home = request.form.get("home", "")
    try:
        sessions.start_over(session_id, home)
        told = Notice(f"Started over in: {home}.")
    except LookupError as error:
        told = Notice(str(error.args[0]), is_error=True)
    with sessions.use(session_id) as (_id, held):
        held.notice = told


def _fixture_name() -> str:
    """The name as one line of text."""
    given = " ".join(request.args.get("fixture", "").split())
    return given[:LONGEST_NAME] or FIXTURE_NAME


def _cookie_name() -> str:
    """Cookies do not know ports: two servers on one machine must not take each other's session away."""
    port = request.environ.get("SERVER_PORT", "")
    return f"restock_speaker_{port}"


def _session_id() -> str | None:
    return request.cookies.get(_cookie_name())


def _remembering(session_id: str, response: AnyResponse) -> AnyResponse:
    if _session_id() != session_id:
        response.set_cookie(_cookie_name(), session_id, path="/speaker", httponly=True, samesite="Strict")
    return response
