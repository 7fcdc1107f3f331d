"""The link of a voting code: GET changes nothing, POST spends it; the code is for the browser that asked."""

import math
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web.cookies import Cookie
from web.door import AtDoor
from web.link_door import Visit, unknown, visit_of
from web.spelling import spelled
from workflows.messages import SealedCode

router = APIRouter(prefix="/lien/{token}")

# Laid down by the GET, so that a code whose page was lost on its way back is not lost: a double
# click, a web process that dies. The server keeps nothing of it.
_SEED = Cookie("navigateur", "/lien")
_SEED_LIFE = 24 * 3600  # seconds
# Laid down by the POST that won, for as long as the window: loading that page again shows it again.
_WINNER = Cookie("affichage", "/lien")
_SHOW_HERE = "Afficher le code dans ce navigateur"


async def look(visit: Visit) -> Response:
    """Return the warning and the button: mail scanners that open links change nothing.

    The browser that has pressed the button sees its code again, with the time that is left.
    """
    door = visit.door
    status = await door.codes.look(visit.place)
    seed = _SEED.read(visit.request, door)
    if status.verdict is not LinkVerdict.LIVE:
        return _code_page(visit, status.code, seed) or visit.dead(status.verdict)
    window = int(door.election.voting_code_recovery.display_window.total_seconds())
    page = door.pages.page("link.html", window_seconds=window, csrf=visit.csrf)
    if not sealed_display.is_seed(seed):
        _SEED.give(page, door, sealed_display.new_seed(), _SEED_LIFE)
    return page


async def press(visit: Visit) -> Response:
    """Spend the link, and show the new code to this browser alone."""
    await visit.form()
    door = visit.door
    seed = _SEED.read(visit.request, door)
    if not sealed_display.is_seed(seed):
        seed = sealed_display.new_seed()
    outcome = await door.codes.click(visit.place, sealed_display.public_half(seed))
    if isinstance(outcome, SealedCode):
        window = door.election.voting_code_recovery.display_window
        return _code_page(visit, outcome, seed, window) or visit.dead(LinkVerdict.USED)
    if outcome is not LinkVerdict.USED:
        return visit.dead(outcome)
    code = (await door.codes.look(visit.place)).code
    again = _code_page(visit, code, _WINNER.read(visit.request, door))
    is_here = code is not None and sealed_display.unseal(seed, code.box) is not None
    return again or visit.dead(outcome, *([(_SHOW_HERE, visit.url)] if is_here else []))


@router.post("/note")
async def note(request: Request, token: str, door: AtDoor) -> Response:
    """End the window early, for the browser that sees the code."""
    visit = await visit_of(request, token, door)
    if visit is None:
        return unknown(door)
    await visit.form()
    code = (await door.codes.look(visit.place)).code
    seed = _SEED.read(request, door) or _WINNER.read(request, door)
    if code is not None and sealed_display.unseal(seed, code.box) is not None:
        await door.codes.noted(visit.place)
    answer = RedirectResponse(f"{visit.url}/note", 303)
    _WINNER.take_back(answer, door)
    return answer


@router.get("/note")
async def noted(token: str, door: AtDoor) -> HTMLResponse:  # noqa: ARG001 - it is in every address here
    """Return what to do once the code is noted."""
    return door.pages.page("code_over.html")


def _code_page(visit: Visit, code: SealedCode | None, seed: str, left: timedelta | None = None) -> Response | None:
    # The winner's window has just begun: a clock here that is ahead of the worker's takes nothing off it.
    door = visit.door
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
        noted_url=f"{visit.url}/note",
        csrf=visit.csrf,
    )
    _SEED.give(page, door, seed, _SEED_LIFE)
    _WINNER.give(page, door, seed, remaining)
    return page
