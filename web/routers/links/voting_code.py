"""The link of a voting code: GET changes nothing, POST spends it; the code is for the browser that asked."""

from starlette.responses import Response

from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web.context.app_context import Door
from web.routers.links.link_request import Visit
from web.routers.links.secret_page import Showing, lay_down_seed, seed_of
from workflows.contracts.messages import SealedCode


def showing(door: Door) -> Showing:
    """Return how the code is shown."""
    window = door.election.voting_code_recovery.display_window
    return Showing(door.codes, "code.html", "code_over.html", "Afficher le code dans ce navigateur", window)


async def look(visit: Visit) -> Response:
    """Return the warning and the button: mail scanners that open links change nothing.

    The browser that has pressed the button sees its code again, with the time that is left. Nobody else
    needs its recovery for this page: the press asks it.
    """
    door, ending = visit.door, visit.place.ending
    if ending is LinkVerdict.USED:
        code = (await door.codes.look(visit.place)).code
        return showing(door).page(visit, code, seed_of(visit)) or visit.dead(ending)
    if ending is not LinkVerdict.LIVE:
        return visit.dead(ending)
    window = int(door.election.voting_code_recovery.display_window.total_seconds())
    page = door.pages.page("link.html", window_seconds=window, csrf=visit.csrf)
    lay_down_seed(visit, page)
    return page


async def press(visit: Visit) -> Response:
    """Spend the link, and show the new code to this browser alone."""
    await visit.form()
    door, here = visit.door, showing(visit.door)
    seed = seed_of(visit) or sealed_display.new_seed()
    outcome = await door.codes.click(visit.place, sealed_display.public_half(seed))
    if isinstance(outcome, SealedCode):
        return here.page(visit, outcome, seed, here.window) or visit.dead(LinkVerdict.USED)
    return await here.second_click(visit) if outcome is LinkVerdict.USED else visit.dead(outcome)
