"""The choice page of a voting code's recovery says what is left when it is little, and that the limit is reached."""

import pytest

from tests.support.people import Person
from tests.support.web_app import WebApp

CHOICE = "/reassort/code-de-vote"


async def _page(web_app: WebApp, voter: Person, left: int) -> str:
    """Return the choice page for an elector who has so many new codes left."""
    reissues = web_app.services.voting_codes.reissues
    async with web_app.services.database.writing() as connection:
        await reissues.allow_more(connection, voter.id, left - await reissues.left(voter.id))
    tokens = await web_app.signed_in(voter)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        page = await browser.get(CHOICE)
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (1, "C’est le dernier nouveau code que vous pouvez obtenir pour cette élection."),
        (5, "Vous pouvez encore obtenir 5 nouveaux codes pour cette élection."),
        (6, None),
    ],
)
async def test_what_is_left_is_told_when_it_is_little(web_app: WebApp, left: int, told: str | None) -> None:
    """From five on; before, the page does not speak of it, and offers the proofs all the same."""
    page = await _page(web_app, await web_app.new_elector(), left)
    assert (told in page) if told else ("nouveaux codes pour cette élection" not in page)
    assert f"{CHOICE}/question-defi" in page


async def test_at_the_limit_no_proof_is_offered_and_support_is_named(web_app: WebApp) -> None:
    """A form that is sent all the same leads back to that page."""
    voter = await web_app.new_elector()
    page = await _page(web_app, voter, 0)
    assert "Vous avez déjà obtenu tous les nouveaux codes de vote permis" in page
    support, warning = (
        web_app.context.election.support,
        page.partition("fr-alert--warning")[2].partition("</p>")[0],
    )
    assert f'<a href="{support.telephone_uri}">{support.shown_telephone}</a>' in warning
    assert f'href="{CHOICE}/question-defi"' not in page
    assert f'action="{CHOICE}/franceconnect"' not in page
    tokens = await web_app.signed_in(voter)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        for way in ("question-defi", "destination", "verification", "franceconnect"):
            answer = await browser.post(f"{CHOICE}/{way}", data={"csrf": tokens.csrf})
            assert (answer.status_code, answer.headers["location"]) == (303, CHOICE)
