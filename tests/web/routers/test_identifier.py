"""The form for an identifier: with and without a sign-in, wrong input, limits."""

import asyncio
import re
from datetime import date

import httpx2
import pytest
from sqlalchemy import insert

from activities.store.tables import generated_identifiers
from demo.client.voter import hidden_fields
from tests.support.people import CAMILLE, Person
from tests.support.web_app import WebApp

FORM = "/reassort/identifiant"
CHECK = f"{FORM}/verification"


async def _fill(web_app: WebApp, person: Person, cookie: str = "", **typed: str) -> tuple[httpx2.Response, str]:
    """Return the answer to a form, valid but for the fields given, and the JSON of the follow-up page."""
    async with web_app.browser() as browser:
        if cookie:
            browser.cookies.set("session", cookie)
        answer = await browser.post(FORM, data=await _filled(web_app, person, browser, **typed))
        if answer.headers.get("location") == CHECK:
            answer = await browser.post(CHECK, data=hidden_fields((await browser.get(CHECK)).text))
        followed = await browser.get("/reassort/suivi.json") if cookie else answer
        return answer, followed.text


async def _filled(web_app: WebApp, person: Person, browser: httpx2.AsyncClient, **typed: str) -> dict[str, str]:
    """Return a form as a browser sends it, valid but for the fields given."""
    page = await browser.get(FORM)
    hidden = hidden_fields(page.text)
    right = {
        "phone": "06 39 98 12 34",
        "numen": person.numen,
        "birth_date": f"{date.fromisoformat(person.birth_date):%d/%m/%Y}",
        "captcha": await web_app.services.captchas.answer(hidden["captcha_id"]) or "",
    }
    return {**hidden, **right, **typed}


async def test_an_elector_who_has_signed_in_follows_the_request(web_app: WebApp) -> None:
    """The follow-up page shows the identifier's recovery, and leads back to its form."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    answer, followed = await _fill(web_app, voter, tokens.cookie, phone="0639981301")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reassort/suivi")
    assert "Votre identifiant va partir" in followed
    assert FORM in followed
    assert await web_app.context.identifier_client.reference(voter.id) in followed


@pytest.mark.parametrize("known", [True, False])
async def test_without_a_sign_in_the_answer_is_the_same_for_everyone(web_app: WebApp, *, known: bool) -> None:
    """For a NUMEN on the roll or not, with the right birth date or another."""
    voter = await web_app.new_elector()
    typed = {} if known else {"numen": "09Z9999999ZZZ", "birth_date": "01/01/1970"}
    answer, _ = await _fill(web_app, voter, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{FORM}/demande")
    async with web_app.browser() as browser:
        page = await browser.get(f"{FORM}/demande")
    assert "un SMS vous apporte votre nouvel identifiant dans quelques minutes" in page.text


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
        ("birth_date", "25/12/88"),
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
        r'(?s)<span class="fr-hint-text">.*?</span>|Écrivez l[a’][^<]*', "", answer.text
    )


async def test_a_year_of_two_digits_is_asked_for_in_four(web_app: WebApp) -> None:
    """Another mistake is answered with how a date is written."""
    for typed, sentence in (
        ("25/12/88", "Écrivez l’année avec ses quatre chiffres"),
        ("25/13/88", "Écrivez la date"),
    ):
        answer, _ = await _fill(web_app, CAMILLE, birth_date=typed)
        assert answer.status_code == 422
        assert sentence in answer.text


@pytest.mark.parametrize(
    "spelling", ["{0:%Y-%m-%d}", "{0:%d%m%Y}", "{0:%d} / {0:%m} / {0:%Y}", "\u202a{0:%d/%m/%Y}\u202c"]
)
async def test_a_birth_date_is_the_same_in_any_spelling(web_app: WebApp, spelling: str) -> None:
    """As the browser fills it in, or as it was pasted."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    typed = spelling.format(date.fromisoformat(voter.birth_date))
    phone = f"06 39 98 70 {int(voter.id) % 100:02}"
    answer, _ = await _fill(web_app, voter, tokens.cookie, birth_date=typed, phone=phone)
    assert answer.status_code == 303


async def test_a_wrong_proof_is_reported_to_an_elector_who_has_signed_in(web_app: WebApp) -> None:
    """Another elector's NUMEN is refused as another birth date is."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    for typed in ({"birth_date": "01/01/1970"}, {"numen": CAMILLE.numen}):
        answer, _ = await _fill(web_app, voter, tokens.cookie, **typed)
        assert answer.status_code == 422
        assert "Le NUMEN ou la date de naissance ne correspondent pas" in answer.text


async def test_a_number_serves_one_elector_only(web_app: WebApp) -> None:
    """The second elector reads so, and can give another number."""
    first, second = await web_app.new_elector(), await web_app.new_elector()
    phone = "0639981305"
    for voter, status in ((first, 303), (second, 422)):
        tokens = await web_app.signed_in(voter)
        answer, _ = await _fill(web_app, voter, tokens.cookie, phone=phone)
        assert answer.status_code == status
    assert "un numéro ne sert qu’à une personne" in answer.text


async def test_the_masked_work_address_is_shown_with_a_sign_in_alone(web_app: WebApp) -> None:
    """With two letters of it."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        page = (await browser.get(FORM)).text
    assert "p•••@a•••.fr" in page
    assert voter.work_email not in page
    async with web_app.browser() as browser:
        assert "•••" not in (await browser.get(FORM)).text


async def test_of_five_requests_at_once_one_is_taken(web_app: WebApp) -> None:
    """The others come too soon after it, and read when another one is possible."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    racing = (_fill(web_app, voter, tokens.cookie, phone=f"063998131{number}") for number in range(5))
    answers = [answer for answer, _ in await asyncio.gather(*racing)]
    assert sorted(answer.status_code for answer in answers) == [303, 429, 429, 429, 429]
    told = [
        re.search(r"Vous pourrez en demander un autre dans (\d+)\xa0secondes\.", answer.text) for answer in answers
    ]
    assert [0 < int(seconds[1]) <= 60 for seconds in told if seconds] == [True] * 4


async def test_a_form_that_is_sent_twice_counts_once(web_app: WebApp) -> None:
    """At once, and again within the minute: each leads to the follow-up page, and none comes too soon."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        form = await _filled(web_app, voter, browser, phone="0639981309")
        assert (await browser.post(FORM, data=form)).headers["location"] == CHECK
        sent, kept = hidden_fields((await browser.get(CHECK)).text), browser.cookies["demande-identifiant"]
        answers = await asyncio.gather(*(browser.post(CHECK, data=sent) for _ in range(2)))
        browser.cookies.set("demande-identifiant", kept, path=FORM)
        answers.append(await browser.post(CHECK, data=sent))
    assert [answer.headers["location"] for answer in answers] == ["/reassort/suivi"] * 3


async def test_the_number_is_checked_before_anything_is_sent(web_app: WebApp) -> None:
    """In full, with its country; « Modifier » leads back without the CAPTCHA, and nothing else is to be typed again."""
    voter = await web_app.new_elector()
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(voter)).cookie)
        await browser.post(FORM, data=await _filled(web_app, voter, browser, phone="0692 12 34 56"))
        page = await browser.get(CHECK)
        assert "0692\u00a012\u00a034\u00a056" in page.text
        assert "(La Réunion)" in page.text
        assert not [secret for secret in (voter.numen, "02/05/1985") if secret in page.text]
        assert await web_app.context.identifier_client.status(voter.id) is None
        form = await browser.get(FORM)
        assert 'value="0692 12 34 56"' in form.text
        assert form.text.count("Réponse déjà saisie") == 2
        assert "captcha_id" not in hidden_fields(form.text)
        changed = hidden_fields(form.text) | {"phone": "06 39 98 71 11", "numen": "", "birth_date": ""}
        assert (await browser.post(FORM, data=changed)).headers["location"] == CHECK
        assert "06\u00a039\u00a098\u00a071\u00a011" in (await browser.get(CHECK)).text
        sent = await browser.post(CHECK, data=hidden_fields(page.text))
        assert sent.headers["location"] == "/reassort/suivi"
        assert "demande-identifiant" not in browser.cookies


@pytest.mark.parametrize("signs_in", [True, False])
async def test_a_wrong_captcha_empties_no_answer(web_app: WebApp, *, signs_in: bool) -> None:
    """The answers are kept, sealed; a CAPTCHA that was right is not asked again, for one request."""
    voter = await web_app.new_elector()
    async with web_app.browser() as browser:
        if signs_in:
            browser.cookies.set("session", (await web_app.signed_in(voter)).cookie)
        refused = await browser.post(
            FORM, data=await _filled(web_app, voter, browser, captcha="1", phone="0639987112")
        )
        assert refused.status_code == 422
        assert refused.text.count("Réponse déjà saisie") == 2
        assert (await browser.get(CHECK)).headers["location"] == f"{FORM}?reprise=1"
        hidden = hidden_fields(refused.text)
        captcha = await web_app.services.captchas.answer(hidden["captcha_id"]) or ""
        wrong = await browser.post(FORM, data=hidden | {"phone": "12", "captcha": captcha})
        assert wrong.status_code == 422
        assert "captcha_id" not in hidden_fields(wrong.text)
        right = await browser.post(FORM, data=hidden_fields(wrong.text) | {"phone": "0639987112"})
        assert right.headers["location"] == CHECK
        kept, form = browser.cookies["demande-identifiant"], hidden_fields((await browser.get(CHECK)).text)
        await browser.post(CHECK, data=form)
        browser.cookies.set("demande-identifiant", kept, path=FORM)
        assert "captcha_id" in hidden_fields((await browser.get(FORM)).text)
        assert (await browser.get(CHECK)).headers["location"] == f"{FORM}?reprise=1"


async def _count_request(web_app: WebApp, voter: Person, number: int) -> None:
    """Count a request of the voter, as if an SMS had been sent for it."""
    row = {
        "id": f"{voter.id}{number}",
        "workflow_id": "identifiant/x",
        "elector_id": voter.id,
        "phone_hash": f"{number}",
        "envelope": "",
        "counted": True,
        "created_at": web_app.context.now(),
    }
    async with web_app.services.database.writing() as connection:
        await connection.execute(insert(generated_identifiers).values(**row))


async def test_an_elector_who_has_signed_in_reads_how_many_requests_are_left(web_app: WebApp) -> None:
    """On both pages on which the voter decides; without a sign-in nobody learns it."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        await browser.post(FORM, data=await _filled(web_app, voter, browser, phone="0639981411"))
        for number, told in enumerate(
            (
                "Il vous reste 3\u00a0demandes sur 3.",
                "Il vous reste 2\u00a0demandes sur 3.",
                "Il vous reste 1\u00a0demande sur 3.",
                "Il ne vous reste aucune demande sur 3.",
            )
        ):
            for path in (FORM, CHECK):
                page = await browser.get(path)
                assert (page.status_code, told in page.text) == (200, True)
            await _count_request(web_app, voter, number)
        assert web_app.context.election.support.shown_telephone in page.text
    async with web_app.browser() as browser:
        assert "vous reste" not in (await browser.get(FORM)).text
