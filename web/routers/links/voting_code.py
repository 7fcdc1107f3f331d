"""The link of a voting code: POST uses it up, and shows the new code to the browser that sent it."""

from starlette.responses import Response

from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web.context.app_context import AppContext
from web.context.pressed_links import note_click
from web.routers.links.link_request import LinkRequest
from web.routers.links.secret_page import SecretPage, displayed_secret, give_seed, seed_of
from workflows.contracts.messages import SealedSecret


def secret_page(app: AppContext) -> SecretPage:
    """Return how the code is shown."""
    return SecretPage(
        "voting_code_shown.html",
        "voting_code_over.html",
        app.election.voting_code_recovery.display_window,
        app.election.voting_code.group_size,
        case_counts=False,
        vote_path="/vote",
    )


async def show(link_request: LinkRequest) -> Response:
    """Return the warning and the button; or the code again, in the browser that used the link.

    A live link is shown without asking its recovery.
    """
    app, ending = link_request.app, await link_request.verdict()
    if ending is LinkVerdict.USED:
        sealed = await displayed_secret(link_request)
        page = secret_page(app).page(link_request, sealed, seed_of(link_request))
        return page or link_request.unusable_page(ending, is_displayed=sealed is not None)
    if ending is not LinkVerdict.LIVE:
        return link_request.unusable_page(ending)
    page = app.pages.page(
        "voting_code_link.html",
        window_seconds=int(app.election.voting_code_recovery.display_window.total_seconds()),
        until=await link_request.until(),
        is_stalled=await link_request.is_stalled(),
        csrf=link_request.csrf,
    )
    give_seed(link_request, page)
    return page


async def submit(link_request: LinkRequest) -> Response:
    """Use up the link, and show the new code to this browser alone."""
    await link_request.form()
    # The time of a link is over by the clock, a moment before its recovery has written so.
    verdict = await link_request.verdict()
    if verdict not in {LinkVerdict.LIVE, LinkVerdict.USED}:
        return link_request.unusable_page(verdict)
    app, page = link_request.app, secret_page(link_request.app)
    seed = seed_of(link_request) or sealed_display.new_seed()
    note_click(link_request.request)
    outcome = await app.voting_code_client.open_link(link_request.link_record, sealed_display.public_key_of(seed))
    if isinstance(outcome, SealedSecret):
        return page.page(link_request, outcome, seed, page.window) or link_request.unusable_page(LinkVerdict.USED)
    return (
        await page.second_click(link_request)
        if outcome is LinkVerdict.USED
        else link_request.unusable_page(outcome)
    )
