"""A one-time link: GET changes nothing, POST spends it; the code is for the browser that asked."""

import math
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.links import LinkPlace
from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web import forms, sentences
from web.cookies import Cookie
from web.door import AtDoor, Door
from web.spelling import spelled
from web.visitor import FormNotOurs
from workflows.messages import SealedCode

router = APIRouter(prefix="/lien/{token}")

# Laid down by the GET, so that a code whose page was lost on its way back is not lost: a double
# click, a web process that dies. The server keeps nothing of it.
_SEED = Cookie("navigateur", "/lien")
_SEED_LIFE = 24 * 3600  # seconds
# Laid down by the POST that won, for as long as the window: loading that page again shows it again.
_WINNER = Cookie("affichage", "/lien")
_NEW_REQUEST = ("Faire une nouvelle demande", "/reassort/code-de-vote")
_SHOW_HERE = "Afficher le code dans ce navigateur"


@router.get("")
async def look(request: Request, token: str, door: AtDoor) -> Response:
    """Return the warning and the button: mail scanners that open links change nothing.

    The browser that has pressed the button sees its code again, with the time that is left.
    """
    place = await door.side.links.find(token)
    if place is None:
        return _no_code(door, LinkVerdict.UNKNOWN)
    status = await door.codes.look(place)
    seed = _SEED.read(request, door)
    if status.verdict is not LinkVerdict.LIVE:
        shown = _code_page(door, token, place, status.code, seed)
        return shown or _no_code(door, status.verdict)
    window = int(door.election.voting_code_recovery.display_window.total_seconds())
    page = door.pages.page("link.html", window_seconds=window, csrf=door.tokens.make(place.link_id))
    if not sealed_display.is_seed(seed):
        _SEED.give(page, door, sealed_display.new_seed(), _SEED_LIFE)
    return page


@router.post("")
async def press(request: Request, token: str, door: AtDoor) -> Response:
    """Spend the link, and show the new code to this browser alone."""
    place = await _place(request, token, door)
    if place is None:
        return _no_code(door, LinkVerdict.UNKNOWN)
    seed = _SEED.read(request, door)
    if not sealed_display.is_seed(seed):
        seed = sealed_display.new_seed()
    outcome = await door.codes.click(place, sealed_display.public_half(seed))
    if isinstance(outcome, SealedCode):
        window = door.election.voting_code_recovery.display_window
        return _code_page(door, token, place, outcome, seed, window) or _no_code(door, LinkVerdict.USED)
    if outcome is not LinkVerdict.USED:
        return _no_code(door, outcome)
    code = (await door.codes.look(place)).code
    again = _code_page(door, token, place, code, _WINNER.read(request, door))
    is_here = code is not None and sealed_display.unseal(seed, code.box) is not None
    return again or _no_code(door, outcome, show_at=f"/lien/{token}" if is_here else None)


@router.post("/note")
async def note(request: Request, token: str, door: AtDoor) -> Response:
    """End the window early, for the browser that sees the code."""
    place = await _place(request, token, door)
    if place is None:
        return _no_code(door, LinkVerdict.UNKNOWN)
    code = (await door.codes.look(place)).code
    seed = _SEED.read(request, door) or _WINNER.read(request, door)
    if code is not None and sealed_display.unseal(seed, code.box) is not None:
        await door.codes.noted(place)
    answer = RedirectResponse(f"/lien/{token}/note", 303)
    _WINNER.take_back(answer, door)
    return answer


@router.get("/note")
async def noted(token: str, door: AtDoor) -> HTMLResponse:  # noqa: ARG001 - it is in every address here
    """Return what to do once the code is noted."""
    return door.pages.page("code_over.html")


async def _place(request: Request, token: str, door: Door) -> LinkPlace | None:
    form = await forms.read(request)
    place = await door.side.links.find(token)
    if place is not None and not door.tokens.check(place.link_id, form["csrf"]):
        raise FormNotOurs
    return place


def _code_page(
    door: Door,
    token: str,
    place: LinkPlace,
    code: SealedCode | None,
    seed: str,
    left: timedelta | None = None,
) -> Response | None:
    # The winner's window has just begun: a clock here that is ahead of the worker's takes nothing off it.
    clear = sealed_display.unseal(seed, code.box) if code else None
    if code is None or clear is None:
        return None
    remaining = math.ceil((left or code.until - door.now()).total_seconds())
    if remaining <= 0:
        return None
    window = int(door.election.voting_code_recovery.display_window.total_seconds())
    page = door.pages.page(
        "code.html",
        code=clear,
        spelled=spelled(clear),
        remaining=min(remaining, window),
        window_seconds=window,
        noted_url=f"/lien/{token}/note",
        csrf=door.tokens.make(place.link_id),
    )
    _SEED.give(page, door, seed, _SEED_LIFE)
    _WINNER.give(page, door, seed, remaining)
    return page


def _no_code(door: Door, verdict: LinkVerdict, show_at: str | None = None) -> HTMLResponse:
    title, *paragraphs = sentences.LINKS[verdict]
    actions = [(_SHOW_HERE, show_at)] if show_at else []
    return door.pages.message(
        404 if verdict is LinkVerdict.UNKNOWN else 410, title, paragraphs, [*actions, _NEW_REQUEST]
    )
