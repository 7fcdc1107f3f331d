"""`/sans-notice`: a link for whoever is on the roll, and the same page in the same time for everyone."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from demo.client.voter import hidden_fields
from election.procedures import Procedure
from election.timetable import Span
from tests.support.people import CAMILLE
from tests.support.web_app import Guest, WebApp, sound
from web.app import create_app

_HERE = "/sans-notice"
_DRAWN = re.compile(r"[A-Za-z0-9_-]{20,}")


async def _asks(web_app: WebApp, address: str, **typed: str) -> list[httpx2.Response]:
    """Fill the form in, and return what came of it, and the page that it leads to."""
    async with web_app.browser() as browser:
        hidden = hidden_fields((await browser.get(_HERE)).text)
        answer = await web_app.services.captchas.answer(hidden["captcha_id"])
        form = {**hidden, "captcha": str(answer), "identifier": address, **typed}
        first = await browser.post(_HERE, data=form)
        answers = [first, await browser.get(first.headers.get("location", _HERE))]
    for each in answers:
        sound(each)
    return answers


async def test_known_and_unknown_addresses_look_the_same(web_app: WebApp) -> None:
    """The same answers but for what is drawn anew, and none before the time that a new recovery may take."""
    person = await web_app.newcomer(411)
    looks = []
    for identifier in (person.work_email, "p411@ac-lyon.invalid", "n’importe quoi"):
        answers = await _asks(web_app, identifier)
        assert [each.status_code for each in answers] == [303, 200]
        assert answers[0].elapsed >= timedelta(milliseconds=300)
        looks.append([_DRAWN.sub("…", each.text) for each in answers])
    assert looks[0] == looks[1] == looks[2]
    assert "Consultez votre messagerie professionnelle" in looks[0][1]


async def test_requests_in_somebodys_name_slow_down(web_app: WebApp) -> None:
    """The fourth in a row is told to wait, whether or not there is such an elector."""
    person = await web_app.newcomer(412)
    for identifier in (person.work_email, "p412@ac-lyon.invalid"):
        statuses = [(await _asks(web_app, identifier))[0].status_code for _ in range(4)]
        assert statuses == [303, 303, 303, 429]


@pytest.mark.parametrize(("field", "typed"), [("identifier", " "), ("captcha", ""), ("captcha", "000")])
async def test_what_is_wrong_is_said_beside_its_field(web_app: WebApp, field: str, typed: str) -> None:
    """And nothing is sent."""
    answer = (await _asks(web_app, CAMILLE.work_email, **{field: typed}))[0]
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


async def test_another_captcha_keeps_what_was_typed(web_app: WebApp) -> None:
    """The button asks for another one, and no error is shown."""
    answer = (await _asks(web_app, "a@ac-lyon.fr", action="captcha"))[0]
    assert (answer.status_code, 'value="a@ac-lyon.fr"' in answer.text, "Erreur" in answer.text) == (
        200,
        True,
        False,
    )


async def test_a_form_without_its_hidden_field_is_refused(web_app: WebApp) -> None:
    """Whoever posts from elsewhere has nothing sent."""
    assert (await _asks(web_app, CAMILLE.work_email, csrf="x"))[0].status_code == 403


async def test_who_has_signed_in_finds_the_address_filled_in(web_app: WebApp) -> None:
    """And nobody else does."""
    guest: Guest = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={guest.cookie}") as browser:
        assert CAMILLE.work_email in (await browser.get(_HERE)).text


_LATER, _OVER = (
    Span.model_validate({"opens": opens, "closes": closes})
    for opens, closes in (
        ("2999-01-01T08:00:00+01:00", "2999-01-02T08:00:00+01:00"),
        ("2011-10-01T08:00:00+02:00", "2011-10-12T17:00:00+02:00"),
    )
)


@pytest.mark.parametrize(
    ("span", "procedures", "says"),
    [
        (_LATER, tuple(Procedure), "Ouvrira le mardi 1er janvier 2999 à 8\u00a0h"),
        (_OVER, tuple(Procedure), "Clos depuis le mercredi 12 octobre 2011 à 17\u00a0h"),
        (None, (Procedure.VOTING_CODE,), "Cette élection ne le propose pas"),
    ],
)
async def test_a_door_that_is_shut_says_why(
    web_app: WebApp, span: Span | None, procedures: tuple[Procedure, ...], says: str
) -> None:
    """Before its date, after it, or where this election has no such recovery: no form, neither seen nor sent."""
    election = web_app.context.election
    dates = election.calendar.model_copy(update={"identifier_and_password": span})
    shut = election.model_copy(update={"calendar": dates, "procedures": procedures})
    guest = await web_app.signed_in()
    closed = replace(web_app, app=create_app(replace(web_app.context, election=shut)))
    async with closed.browser(cookie=f"session={guest.cookie}") as browser:
        pages = [await browser.get(_HERE), await browser.post(_HERE, data={"csrf": guest.csrf})]
        next_page = await browser.get(f"{_HERE}/demande")
    # Whoever has asked in time may still load what follows.
    assert ("Demande prise en compte" in next_page.text) == (Procedure.IDENTIFIER_AND_PASSWORD in procedures)
    for page in pages:
        assert (page.status_code, says in page.text, 'name="identifier"' in page.text) == (200, True, False)
