"""`/sans-notice`: a link for electors on the roll, and the same page in the same time for everyone."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from demo.client.voter import hidden_fields
from election.procedures import Procedure
from election.timetable import Period
from tests.support.people import CAMILLE
from tests.support.web_app import SessionTokens, WebApp, assert_valid_response
from web.app import create_app

_HERE = "/sans-notice"
_OVER = Period.model_validate({"opens": "2011-10-01T08:00:00+02:00", "closes": "2011-10-12T17:00:00+02:00"})
_DRAWN = re.compile(r"[A-Za-z0-9_-]{20,}")


async def _asks(web_app: WebApp, address: str, **typed: str) -> list[httpx2.Response]:
    """Fill the form in, and return the response and the page after it."""
    async with web_app.browser() as browser:
        hidden = hidden_fields((await browser.get(_HERE)).text)
        answer = await web_app.services.captchas.answer(hidden["captcha_id"])
        form = {**hidden, "captcha": str(answer), "identifier": address, **typed}
        first = await browser.post(_HERE, data=form)
        answers = [first, await browser.get(first.headers.get("location", _HERE))]
    for each in answers:
        assert_valid_response(each)
    return answers


async def test_known_and_unknown_addresses_look_the_same(web_app: WebApp) -> None:
    """The responses differ in random values only, and none comes sooner than a new recovery can be started."""
    person = await web_app.new_elector()
    looks = []
    for identifier in (person.work_email, "p411@ac-lyon.invalid", "n’importe quoi"):
        answers = await _asks(web_app, identifier)
        assert [each.status_code for each in answers] == [303, 200]
        assert answers[0].elapsed >= timedelta(milliseconds=300)
        looks.append([_DRAWN.sub("…", each.text) for each in answers])
    assert looks[0] == looks[1] == looks[2]
    assert "Consultez votre messagerie professionnelle" in looks[0][1]


async def test_repeated_requests_for_one_identifier_are_paused(web_app: WebApp) -> None:
    """The fourth in a row is refused, whether or not there is such an elector."""
    person = await web_app.new_elector()
    for identifier in (person.work_email, "p412@ac-lyon.invalid"):
        statuses = [(await _asks(web_app, identifier))[0].status_code for _ in range(4)]
        assert statuses == [303, 303, 303, 429]


@pytest.mark.parametrize(("field", "typed"), [("identifier", " "), ("captcha", ""), ("captcha", "000")])
async def test_a_wrong_field_has_its_sentence(web_app: WebApp, field: str, typed: str) -> None:
    """And no request is made."""
    answer = (await _asks(web_app, CAMILLE.work_email, **{field: typed}))[0]
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


async def test_another_captcha_keeps_what_was_typed(web_app: WebApp) -> None:
    """The button for another CAPTCHA shows no error."""
    answer = (await _asks(web_app, "a@ac-lyon.fr", action="captcha"))[0]
    assert (answer.status_code, 'value="a@ac-lyon.fr"' in answer.text, "Erreur" in answer.text) == (
        200,
        True,
        False,
    )


async def test_a_form_without_its_hidden_field_is_refused(web_app: WebApp) -> None:
    """A post from another page makes no request."""
    assert (await _asks(web_app, CAMILLE.work_email, csrf="x"))[0].status_code == 403


async def test_with_a_sign_in_the_address_is_filled_in(web_app: WebApp) -> None:
    """And without one it is not."""
    tokens: SessionTokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        assert CAMILLE.work_email in (await browser.get(_HERE)).text


@pytest.mark.parametrize("procedures", [tuple(Procedure), (Procedure.VOTING_CODE,)])
async def test_the_page_after_a_request_is_shown_where_the_election_offers_it(
    web_app: WebApp, procedures: tuple[Procedure, ...]
) -> None:
    """Also after the closing date, since a voter can have sent the form just before it."""
    election = web_app.context.election
    dates = election.calendar.model_copy(update={"identifier_and_password": _OVER})
    changed = election.model_copy(update={"calendar": dates, "procedures": procedures})
    other = replace(web_app, app=create_app(replace(web_app.context, election=changed)))
    async with other.browser() as browser:
        page = await browser.get(f"{_HERE}/demande")
    assert ("Demande prise en compte" in page.text) == (Procedure.IDENTIFIER_AND_PASSWORD in procedures)
