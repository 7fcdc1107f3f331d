"""The link of a voting code: GET changes nothing, POST spends it; the code is for the browser that asked."""

from starlette.responses import Response

from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web.context.app_context import AppContext
from web.routers.links.link_request import LinkRequest
from web.routers.links.secret_page import SecretPage, lay_down_seed, seed_of
from workflows.contracts.messages import SealedCode


def secret_page(app: AppContext) -> SecretPage:
    """Return how the code is shown."""
    window = app.election.voting_code_recovery.display_window
    return SecretPage(
        app.link_client, "code.html", "code_over.html", "Afficher le code dans ce navigateur", window
    )


async def look(link_request: LinkRequest) -> Response:
    """Return the warning and the button: mail scanners that open links change nothing.

    The browser that has pressed the button sees its code again, with the time that is left. Nobody else
    needs its recovery for this page: the press asks it.
    """
    app, ending = link_request.app, link_request.place.ending
    if ending is LinkVerdict.USED:
        code = (await app.link_client.look(link_request.place)).code
        return secret_page(app).page(link_request, code, seed_of(link_request)) or link_request.dead(ending)
    if ending is not LinkVerdict.LIVE:
        return link_request.dead(ending)
    window = int(app.election.voting_code_recovery.display_window.total_seconds())
    page = app.pages.page("link.html", window_seconds=window, csrf=link_request.csrf)
    lay_down_seed(link_request, page)
    return page


async def press(link_request: LinkRequest) -> Response:
    """Spend the link, and show the new code to this browser alone."""
    await link_request.form()
    app, here = link_request.app, secret_page(link_request.app)
    seed = seed_of(link_request) or sealed_display.new_seed()
    outcome = await app.link_client.click(link_request.place, sealed_display.public_half(seed))
    if isinstance(outcome, SealedCode):
        return here.page(link_request, outcome, seed, here.window) or link_request.dead(LinkVerdict.USED)
    return await here.second_click(link_request) if outcome is LinkVerdict.USED else link_request.dead(outcome)
