"""The link of identifier and password: three steps; the last click uses it up, and no mistake before it."""

import asyncio
from copy import copy
from dataclasses import replace
from http.cookies import SimpleCookie
from secrets import token_hex

import pytest
import pytest_asyncio
from hypothesis import given, settings
from sqlalchemy import update

from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.proofs.attempts import Attempts
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.security.hashing import KeyedHash
from activities.store.tables import links
from demo.client.voter import hidden_fields, shown_password
from election.attempts import AttemptRules
from election.procedures import Procedure, workflow_id_of
from tests.support import fuzz_inputs
from tests.support.fuzz_inputs import MARK, REPRODUCIBLE, Fields
from tests.support.people import CAMILLE, SACHA
from tests.support.waiting import until
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from tests.web.routers.identifier_and_password_steps import step_of, steps
from web.app import create_app
from web.forms.submitted_form import Form


async def test_three_steps_lead_to_the_password_on_this_screen_alone(web_app: WebApp) -> None:
    """A reload shows it again, another browser does not; after « noté » it is gone; it works, the old one does not."""
    person = await web_app.new_elector()
    session = await web_app.signed_in(person)
    async with web_app.browser() as browser, web_app.browser() as other:
        voter = await steps(web_app, person, browser)
        assert step_of(await voter.opens()) == "Étape 1 sur 3"
        second = await voter.proves()
        assert (second.status_code, step_of(second), person.work_email in second.text) == (
            200,
            "Étape 2 sur 3",
            True,
        )
        third = await voter.chooses(second, destination="other", email="p@exemple.fr", email_again="p@exemple.fr")
        assert (third.status_code, step_of(third)) == (200, "Étape 3 sur 3")
        password = shown_password(third.text)
        assert "connu" in SimpleCookie("\r\n".join(third.headers.get_list("set-cookie")))
        again = await voter.opens()
        for page in (third, again):
            assert password == shown_password(page.text) is not None
            assert "p•••@e•••.fr" in page.text
            assert "p@exemple.fr" not in page.text
        elsewhere = await other.get(voter.link)
        assert (elsewhere.status_code, shown_password(elsewhere.text)) == (410, None)
        assert "L’identifiant est envoyé à part, par courriel" in elsewhere.text
        assert "Le mot de passe n’est plus visible" in (await voter.notes(again)).text
        assert (await voter.opens()).status_code == 410
    assert await web_app.services.sessions.find(session.cookie) is None
    claimant = await web_app.services.roll.claimant(person.work_email)
    assert (await web_app.services.sign_in.check(claimant, str(password))).verdict == "accepted"
    assert (await web_app.services.sign_in.check(claimant, person.password)).verdict == "wrong_proof"


async def test_two_last_clicks_show_one_password(web_app: WebApp) -> None:
    """At once, later, or by loading the page: the same browser has the same answer."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, await web_app.new_elector(), browser)
        second = await voter.proves()
        both = await asyncio.gather(*(voter.chooses(second) for _ in range(2)))
        later = [await voter.opens(), await voter.chooses(second)]
        shown = {shown_password(each.text) for each in (*both, *later)}
        assert (len(shown), None in shown) == (1, False)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("numen", ""),
        ("numen", "12A"),
        ("birth_department", ""),
        ("birth_department", "00"),
        ("birth_department", "2a"),
    ],
)
async def test_a_wrong_field_in_step_1_has_its_sentence(web_app: WebApp, field: str, typed: str) -> None:
    """And the page does not contain what was typed, since both fields are proofs."""
    async with web_app.browser() as browser:
        answer = await (await steps(web_app, CAMILLE, browser)).proves(**{field: typed})
    assert (answer.status_code, step_of(answer)) == (422, "Étape 1 sur 3")
    assert f'id="f-{field}-error"' in answer.text
    assert CAMILLE.numen not in answer.text
    assert Form(dict.fromkeys(("numen", "birth_department"), "2A")).values == {}


@pytest.mark.parametrize("typed", [{"numen": "12A3456789BCD"}, {"birth_department": "75"}])
async def test_a_wrong_proof_is_refused_and_the_link_stays_live(web_app: WebApp, typed: dict[str, str]) -> None:
    """The page does not say which of the two is wrong, and the right ones are taken afterwards."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, CAMILLE, browser)
        refused = await voter.proves(**typed)
        assert refused.status_code == 422
        assert "Le NUMEN ou le département de naissance ne correspondent pas" in refused.text
        assert step_of(await voter.proves()) == "Étape 2 sur 3"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("destination", {"destination": ""}),
        ("destination", {"destination": "autre"}),
        ("email", {"destination": "other"}),
        ("email", {"destination": "other", "email": "x", "email_again": "x"}),
        ("email", {"destination": "other", "email": CAMILLE.work_email, "email_again": CAMILLE.work_email}),
        ("email_again", {"destination": "other", "email": "a@exemple.fr", "email_again": "b@exemple.fr"}),
        ("email_again", {"destination": "other", "email": "a@exemple.fr"}),
        ("email", {"destination": "other", "email": f"{'a' * 300}@exemple.fr", "email_again": "a@exemple.fr"}),
    ],
)
async def test_after_a_mistake_in_step_2_the_link_stays_live(
    web_app: WebApp, field: str, typed: dict[str, str]
) -> None:
    """The field has its sentence, and the form keeps what was typed."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, CAMILLE, browser)
        second = await voter.proves()
        answer = await voter.chooses(second, **typed)
        assert (answer.status_code, step_of(answer)) == (422, "Étape 2 sur 3")
        assert f'id="f-{field}-error"' in answer.text
        assert hidden_fields(answer.text) == hidden_fields(second.text)
        assert step_of(await voter.opens()) == "Étape 1 sur 3"


async def test_with_the_work_mailbox_the_field_of_another_address_is_ignored(
    web_app: WebApp,
) -> None:
    """A browser can fill in a hidden field by itself."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, await web_app.new_elector(), browser)
        third = await voter.chooses(await voter.proves(), email="é" * 400, email_again="x")
    assert shown_password(third.text)
    assert "p•••@a•••.fr" in third.text


async def test_step_2_is_refused_without_step_1(web_app: WebApp) -> None:
    """Without its token, with the token of another form or link, or without the hidden field, nothing is done."""
    async with web_app.browser() as browser:
        mine, other = (
            await steps(web_app, await web_app.new_elector(), browser),
            await steps(web_app, CAMILLE, browser),
        )
        first, second, theirs = await mine.opens(), await mine.proves(), await other.proves()
        stolen = hidden_fields(theirs.text)
        forged = (
            {"step_token": ""},
            {"form_id": "0" * 32},
            {"step_token": stolen["step_token"], "form_id": stolen["form_id"]},
            {"csrf": ""},
            {"csrf": stolen["csrf"]},
        )
        answers = [await mine.chooses(second, **each) for each in forged]
        answers.append(await mine.chooses(first, step="adresse", destination="work"))
        assert [each.status_code for each in answers] == [403] * 6
        assert (await browser.post(f"{mine.link}/note", data={"csrf": ""})).status_code == 403
        assert shown_password((await mine.chooses(second)).text)


async def test_too_many_wrong_proofs_pause_the_steps(web_app: WebApp) -> None:
    """The right ones are refused until the time that the page says; another elector's are taken."""
    keyed, services = KeyedHash(key_bytes(settings_of("").pepper)), web_app.services
    strict = copy(services.identifier_and_password)
    strict.proof = NumenAndDepartmentProof(
        services.database, keyed, Attempts(services.database, AttemptRules(free_failures=2), utc_now)
    )
    own = replace(web_app.context.services, identifier_and_password=strict)
    context = replace(web_app.context, services=own)
    async with replace(web_app, app=create_app(context)).browser() as browser:
        voter = await steps(web_app, await web_app.new_elector(), browser)
        for each in ("76", "76", "77"):  # the same form sent twice is one attempt
            assert (await voter.proves(birth_department=each)).status_code == 422
        paused = await voter.proves()
        assert (paused.status_code, step_of(paused)) == (429, "Étape 1 sur 3")
        assert "Vous pourrez réessayer après le " in paused.text
        other = await steps(web_app, CAMILLE, browser)
        assert (await other.proves()).status_code == 200


async def test_a_link_whose_row_names_another_elector_is_refused(web_app: WebApp) -> None:
    """A voter with a link of their own, and with access to the database, cannot prove an identity for another elector."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        voter = await steps(web_app, person, browser)
        async with web_app.services.database.writing() as connection:
            own = update(links).where(links.c.elector_id == person.id)
            await connection.execute(own.values(elector_id=SACHA.id))
        stolen = await voter.proves(numen=SACHA.numen, birth_department=SACHA.birth_department)
    assert (stolen.status_code, SACHA.work_email in stolen.text) == (410, False)


async def test_the_page_after_the_secret_is_the_procedures_own(web_app: WebApp) -> None:
    """A link of a voting code speaks of the code; a link that shows no secret has no such page."""
    person = await web_app.new_elector()
    shown = await web_app.voting_code_link(person)
    claimant = await web_app.services.roll.claimant(person.work_email)
    await web_app.context.password_client.request_link(claimant, token_hex(16))
    started_id = workflow_id_of(Procedure.PASSWORD, claimant.subject)
    await until(lambda: web_app.newest_link(started_id))
    chosen = replace(shown, workflow_id=started_id, link_id=str(await web_app.newest_link(started_id)))
    async with web_app.browser() as browser:
        assert "Le code n’est plus visible" in (await browser.get(f"{web_app.link(shown)}/note")).text
        for link, status in ((web_app.link(chosen), 200), ("/lien/inconnu", 404)):
            page = await browser.get(f"{link}/note", follow_redirects=True)  # to the link, if there is one
            assert (page.status_code, "n’est plus visible" in page.text) == (status, False)
            assert (await browser.post(f"{link}/note")).status_code == 404


_FIELDS = (
    "csrf",
    "step",
    "numen",
    "birth_department",
    "destination",
    "email",
    "email_again",
    "form_id",
    "step_token",
)


@pytest_asyncio.fixture(scope="session")
async def second_step(web_app: WebApp) -> tuple[str, dict[str, str]]:
    """A link whose elector has reached step 2, and the hidden fields of that page."""
    async with web_app.browser() as browser:
        voter = await steps(web_app, await web_app.new_elector(), browser)
        return voter.link, hidden_fields((await voter.proves()).text)


@settings(REPRODUCIBLE, max_examples=40)
@given(fields=fuzz_inputs.filled(_FIELDS))
async def test_any_fields_are_answered_with_a_page(
    web_app: WebApp, second_step: tuple[str, dict[str, str]], fields: Fields
) -> None:
    """Missing, repeated and malicious fields: nothing unescaped, no proof shown, and the link stays live."""
    link, hidden = second_step
    right = {**hidden, "numen": CAMILLE.numen, "birth_department": "2A", "destination": "other"}
    sent = [(name, right.get(name, "") if value is None else value) for name, value in fields]
    sent = [(name, f"{value}zsecretz" if name == "numen" and MARK in value else value) for name, value in sent]
    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with web_app.browser() as browser:
        answer = await browser.post(link, content=fuzz_inputs.encoded(sent), headers=kind)
        assert_valid_response(answer)
        assert not [secret for secret in ("zsecretz", CAMILLE.numen) if secret in answer.text]
        assert step_of(await browser.get(link)) == "Étape 1 sur 3"
