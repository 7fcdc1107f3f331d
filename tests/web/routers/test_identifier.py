"""The form for an identifier: with and without a sign-in, wrong input, limits."""

import asyncio
import re
from datetime import date

import httpx2
import pytest

from tests.support.people import CAMILLE, Person
from tests.support.web_app import WebApp

FORM = "/reassort/identifiant"


async def _fill(web_app: WebApp, person: Person, cookie: str = "", **typed: str) -> tuple[httpx2.Response, str]:
    """Return the answer to a form, valid but for the fields given, and the JSON of the follow-up page."""
    headers = {"cookie": f"session={cookie}"} if cookie else {}
    async with web_app.browser(**headers) as browser:
        answer = await browser.post(FORM, data=await _filled(web_app, person, browser, **typed))
        followed = await browser.get("/reassort/suivi.json") if cookie else answer
        return answer, followed.text


async def _filled(web_app: WebApp, person: Person, browser: httpx2.AsyncClient, **typed: str) -> dict[str, str]:
    """Return a form as a browser sends it, valid but for the fields given."""
    page = await browser.get(FORM)
    hidden = dict(re.findall(r'name="(csrf|form_id|captcha_id)" value="([^"]+)"', page.text))
    right = {
        "phone": "06 39 98 12 34",
        "numen": person.numen,
        "birth_date": f"{date.fromisoformat(person.birth_date):%d/%m/%Y}",
        "captcha": await web_app.services.captchas.answer(hidden["captcha_id"]) or "",
    }
    return {**hidden, **right, **typed}


async def test_an_elector_who_has_signed_in_follows_the_request(web_app: WebApp) -> None:
    """The follow-up page shows the identifier's recovery, and leads back to its form."""
    voter = await web_app.new_elector(301)
    tokens = await web_app.signed_in(voter)
    answer, followed = await _fill(web_app, voter, tokens.cookie, phone="0639981301")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reassort/suivi")
    assert "Votre identifiant va partir" in followed
    assert FORM in followed
    assert await web_app.context.identifier_client.reference(voter.id) in followed


@pytest.mark.parametrize("known", [True, False])
async def test_without_a_sign_in_the_answer_is_the_same_for_everyone(web_app: WebApp, *, known: bool) -> None:
    """For a NUMEN on the roll or not, with the right birth date or another."""
    voter = await web_app.new_elector(302 + known)
    typed = {} if known else {"numen": "09Z9999999ZZZ", "birth_date": "01/01/1970"}
    answer, _ = await _fill(web_app, voter, **typed)
    assert answer.status_code == 200
    assert "un SMS vous apporte votre nouvel identifiant dans quelques minutes" in answer.text
    assert voter.work_email not in answer.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("phone", ""),
        ("phone", "01 44 55 66 77"),
        ("phone", "abc"),
        ("numen", ""),
        ("numen", "12A"),
        ("birth_date", ""),
        ("birth_date", "31/02/1985"),
        ("birth_date", "1985-05-02"),
        ("captcha", "000"),
        ("captcha", ""),
    ],
)
async def test_a_wrong_field_has_its_sentence(web_app: WebApp, field: str, typed: str) -> None:
    """And the page contains neither the NUMEN nor the birth date."""
    answer, _ = await _fill(web_app, CAMILLE, **{field: typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert CAMILLE.numen not in answer.text
    assert "02/05/1985" not in re.sub(
        r'(?s)<span class="fr-hint-text">.*?</span>|Écrivez la date[^<]*', "", answer.text
    )


async def test_a_wrong_proof_is_reported_to_an_elector_who_has_signed_in(web_app: WebApp) -> None:
    """Another elector's NUMEN is refused as another birth date is."""
    voter = await web_app.new_elector(304)
    tokens = await web_app.signed_in(voter)
    for typed in ({"birth_date": "01/01/1970"}, {"numen": CAMILLE.numen}):
        answer, _ = await _fill(web_app, voter, tokens.cookie, **typed)
        assert answer.status_code == 422
        assert "Le NUMEN ou la date de naissance ne correspondent pas" in answer.text


async def test_a_number_serves_one_elector_only(web_app: WebApp) -> None:
    """The second elector reads so, and can give another number."""
    first, second = await web_app.new_elector(305), await web_app.new_elector(306)
    phone = "0639981305"
    for voter, status in ((first, 303), (second, 422)):
        tokens = await web_app.signed_in(voter)
        answer, _ = await _fill(web_app, voter, tokens.cookie, phone=phone)
        assert answer.status_code == status
    assert "un numéro ne sert qu’à une personne" in answer.text


async def test_the_masked_work_address_is_shown_with_a_sign_in_alone(web_app: WebApp) -> None:
    """With two letters of it."""
    voter = await web_app.new_elector(307)
    tokens = await web_app.signed_in(voter)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        page = (await browser.get(FORM)).text
    assert "p•••@a•••.fr" in page
    assert voter.work_email not in page
    async with web_app.browser() as browser:
        assert "•••" not in (await browser.get(FORM)).text


async def test_of_five_requests_at_once_three_are_taken(web_app: WebApp) -> None:
    """An elector has three requests in all, also when they are sent at once; the others are refused."""
    voter = await web_app.new_elector(308)
    tokens = await web_app.signed_in(voter)
    racing = (_fill(web_app, voter, tokens.cookie, phone=f"063998131{number}") for number in range(5))
    answers = [answer for answer, _ in await asyncio.gather(*racing)]
    assert sorted(answer.status_code for answer in answers) == [303, 303, 303, 429, 429]


async def test_a_form_that_is_sent_twice_at_once_counts_once(web_app: WebApp) -> None:
    """Three double clicks: each leads to the follow-up page, and the third request is still taken."""
    voter = await web_app.new_elector(309)
    tokens = await web_app.signed_in(voter)
    for _ in range(3):
        async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
            form = await _filled(web_app, voter, browser, phone="0639981309")
            both = await asyncio.gather(*(browser.post(FORM, data=form) for _ in range(2)))
        assert [answer.status_code for answer in both] == [303, 303]
