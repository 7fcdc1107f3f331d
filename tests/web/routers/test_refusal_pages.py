"""Forms that take no request now say why."""

from dataclasses import replace

import pytest

from election.procedures import Procedure
from election.timetable import Period
from tests.support.web_app import WebApp
from web.app import create_app
from web.presenters.procedures.catalogue import CATALOGUE

_LATER = Period.model_validate({"opens": "2999-01-01T08:00:00+01:00", "closes": "2999-01-02T08:00:00+01:00"})
_OVER = Period.model_validate({"opens": "2011-10-01T08:00:00+02:00", "closes": "2011-10-12T17:00:00+02:00"})


@pytest.mark.parametrize("procedure", Procedure)
@pytest.mark.parametrize(
    ("span", "is_offered", "reason"),
    [
        (_LATER, True, " ouvriront le mardi 1er janvier 2999 à 8\u00a0h"),
        (_OVER, True, " sont closes depuis le mercredi 12 octobre 2011 à 17\u00a0h"),
        (None, False, "Cette élection ne propose pas cette démarche"),
    ],
)
async def test_a_closed_form_says_why(
    web_app: WebApp, procedure: Procedure, span: Period | None, *, is_offered: bool, reason: str
) -> None:
    """Before its date, after it, or where the election does not offer it, the form is neither shown nor taken."""
    election, url = web_app.context.election, CATALOGUE[procedure].url
    dates = election.calendar.model_copy(update={procedure.folder: span})
    procedures = tuple(each for each in Procedure if is_offered or each is not procedure)
    closed = election.model_copy(update={"calendar": dates, "procedures": procedures})
    application = replace(web_app, app=create_app(replace(web_app.context, election=closed)))
    tokens = await web_app.signed_in()
    async with application.browser(cookie=f"session={tokens.cookie}") as browser:
        pages = [await browser.get(url)]
        if procedure is Procedure.VOTING_CODE:  # its form is on a page of its own
            form = await browser.get(f"{url}/question-defi")
            assert (form.status_code, form.headers["location"]) == (303, url)
        else:
            pages.append(await browser.post(url, data={"csrf": tokens.csrf}))
    for page in pages:
        assert (page.status_code, reason in page.text) == (200, True)
        assert f'action="{url}' not in page.text
