"""Strangers' wrong passwords refuse nobody: a new browser is then asked for a CAPTCHA, and a code in the work mailbox."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import update
from temporalio.client import Client
from temporalio.worker import Worker

from activities.accounts.credentials import Kind
from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import RecordingMail
from activities.security.hashing import KeyedHash, SlowHash
from activities.sending.sign_in_code import SignInCodeMails
from activities.sending_services import build_texts
from activities.store.tables import credentials
from election.attempts import SignInAttemptRules
from tests.support.people import Person
from tests.support.sign_in import sign_in_of
from tests.support.waiting import until
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from web.app import create_app
from workflows.contracts import options

RULES = SignInAttemptRules()
FREE = RULES.free_failures
PASSWORD, CODE = "/connexion/mot-de-passe", "/connexion/code"
VOTE = "/vote/connexion"
UNKNOWN = "personne.inconnue@ac-lyon.fr"


@dataclass(frozen=True)
class Desk:
    """The application with the usual limits, and the mailboxes of its electors."""

    web_app: WebApp
    mail: RecordingMail

    async def received(self, person: Person) -> MailMessage:
        """Return the first mail in a person's work mailbox."""
        await until(lambda: self._received(person))
        return self._received(person)[0]

    async def code(self, person: Person, number: int = 1) -> str:
        """Return the code in the mail with that number in a person's work mailbox."""
        await until(lambda: len(self._received(person)) >= number)
        found = re.search(r"^\d{6}$", self._received(person)[number - 1].text, re.MULTILINE)
        assert found
        return found[0]

    def _received(self, person: Person) -> list[MailMessage]:
        return [sent for sent in self.mail.sent if sent.to == person.work_email]


@pytest_asyncio.fixture
async def desk(web_app: WebApp, temporal: Client) -> AsyncIterator[Desk]:
    """The application, where five failures lead to a code, and a worker that mails it."""
    keyed, services = KeyedHash(key_bytes(settings_of("").pepper)), web_app.services
    slow = SlowHash(keyed, memory_kib=8, passes=1)
    sign_in = sign_in_of(services.database, slow, keyed, utc_now, RULES)
    rules = web_app.context.election.sign_in.model_copy(update={"code_lifetime": timedelta(seconds=90)})
    election = web_app.context.election.model_copy(update={"sign_in": rules})
    context = replace(web_app.context, election=election, services=replace(services, sign_in=sign_in))
    mail = RecordingMail()
    texts = build_texts(election, context.public_url)
    mails = SignInCodeMails(services.database, services.vault, texts, rules, mail)
    async with Worker(temporal, task_queue=options.EMAIL_SENDS, activities=[mails.send_code]):
        yield Desk(replace(web_app, context=context, app=create_app(context)), mail)


class Browser:
    """A browser that is new to everybody."""

    def __init__(self, desk: Desk, http: httpx2.AsyncClient) -> None:
        self._desk = desk
        self.http = http

    async def send(self, path: str, **fields: str) -> httpx2.Response:
        """Open a page, fill in its form with the right CAPTCHA, and send it."""
        page = await self.http.get(path)
        return await self.http.post(path, data=await self.filled(page, **fields))

    async def filled(self, page: httpx2.Response, **fields: str) -> dict[str, str]:
        """Return the fields of a page's form."""
        hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page.text))
        if "captcha_id" in hidden:
            hidden["captcha"] = await self._desk.web_app.services.captchas.answer(hidden["captcha_id"]) or ""
        return hidden | fields

    async def claims(self, identifier: str) -> None:
        """Type an identifier at the portal."""
        answer = await self.send("/connexion", identifier=identifier)
        assert answer.headers["location"] == PASSWORD

    async def is_signed_in(self) -> bool:
        """Return whether the portal opens."""
        return (await self.http.get("/portail")).status_code == 200


async def _stranger_fails(desk: Desk, identifier: str, times: int = FREE) -> list[int]:
    async with desk.web_app.browser() as http:
        stranger = Browser(desk, http)
        await stranger.claims(identifier)
        return [(await stranger.send(PASSWORD, password=f"wrong {number}")).status_code for number in range(times)]


async def _is_asked_for_a_code_in_english(desk: Desk) -> tuple[str, MailMessage]:
    """Return the page that asks an elector for the code, and the mail with it."""
    elector = await desk.web_app.new_elector()
    await _stranger_fails(desk, elector.work_email)
    async with desk.web_app.browser() as http:
        http.cookies.set("langue", "en")
        voter = Browser(desk, http)
        await voter.claims(elector.work_email)
        await voter.send(PASSWORD, password=elector.password)
        return (await http.get(CODE)).text, await desk.received(elector)


async def test_strangers_cannot_shut_an_elector_out(desk: Desk) -> None:
    """After six wrong passwords a new browser signs in with the right one and the mailed code, at once."""
    elector = await desk.web_app.new_elector()
    assert await _stranger_fails(desk, elector.work_email, FREE + 1) == [422] * FREE + [303]
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        await voter.claims(elector.work_email)
        answer = await voter.send(PASSWORD, password=elector.password)
        assert (answer.status_code, answer.headers["location"]) == (303, CODE)
        assert not await voter.is_signed_in()
        page = await http.get(CODE)
        assert_valid_response(page)
        assert "Un code pour vérifier que c’est vous" in page.text
        code = await desk.code(elector)
        answer = await voter.send(CODE, code=f" {code[:3]} {code[3:]} ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/portail")
        assert await voter.is_signed_in()
    assert len(desk.mail.sent) == 1  # none for the stranger's wrong password
    # Strangers still need one: otherwise they would see that somebody has signed in.
    assert await _stranger_fails(desk, elector.work_email, 1) == [303]


async def test_a_browser_that_has_chosen_a_new_password_needs_no_code(desk: Desk) -> None:
    """It is as known as one that has signed in: strangers' wrong passwords do not hinder it."""
    elector, chosen = await desk.web_app.new_elector(), "Girafe-Lanterne-2026!"
    await _stranger_fails(desk, elector.work_email)
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        link = desk.web_app.link(await desk.web_app.password_link(elector))
        assert (await voter.send(link, password=chosen, confirmation=chosen)).status_code == 200
        await voter.claims(elector.work_email)
        assert 'name="captcha"' not in (await http.get(PASSWORD)).text
        assert (await voter.send(PASSWORD, password=chosen)).headers["location"] == "/portail"


async def test_the_mail_is_in_french_and_below_in_the_language_of_the_page(desk: Desk) -> None:
    """The code stands in both: whoever signs in chose the language, and the owner must be warned in French too."""
    _, sent = await _is_asked_for_a_code_in_english(desk)
    french, english = sent.text.split("Ce message est envoyé automatiquement.")
    assert "Alors quelqu’un connaît votre mot de passe." in french
    assert "Then somebody knows your password." in english
    assert re.findall(r"^\d{6}$", french, re.MULTILINE) == re.findall(r"^\d{6}$", english, re.MULTILINE)
    assert '<html lang="fr">' in sent.html


async def test_page_and_mail_say_how_long_a_code_works(desk: Desk) -> None:
    """Ninety seconds are not « 1 minutes », in either language."""
    page, sent = await _is_asked_for_a_code_in_english(desk)
    for text in (page, sent.text, sent.html):
        assert "90\u00a0seconds" in text
    assert "pendant 90\u00a0secondes" in sent.text


async def test_the_mailed_code_leads_where_one_was_going(desk: Desk) -> None:
    """Also after a wrong one, and when the password must be typed again."""
    elector = await desk.web_app.new_elector()
    await _stranger_fails(desk, elector.work_email)
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        first = (await http.get("/vote")).headers["location"]
        vers = first.partition("?")[2]
        second = (await voter.send(first, identifier=elector.work_email)).headers["location"]
        assert (await http.get(f"{CODE}?{vers}")).headers["location"] == second == f"{PASSWORD}?{vers}"
        third = (await voter.send(second, password=elector.password)).headers["location"]
        assert third == f"{CODE}?{vers}"
        wrong = await voter.send(third, code="000000 no")
        assert f'href="{second}">saisissez-le de nouveau' in wrong.text
        right = await voter.filled(wrong, code=await desk.code(elector))
        assert (await http.post(CODE, data=right)).headers["location"] == "/vote"
        assert (await http.get(third)).headers["location"] == "/vote"


async def test_the_pages_tell_neither_the_roll_nor_the_password(desk: Desk) -> None:
    """An unknown identifier, a wrong and a right password lead through the same pages, and nothing typed there signs in."""
    elector = await desk.web_app.new_elector()
    seen = []
    for identifier, password in (
        (UNKNOWN, "wrong"),
        (elector.work_email, "wrong"),
        (elector.work_email, elector.password),
    ):
        await _stranger_fails(desk, identifier)
        async with desk.web_app.browser() as http:
            voter = Browser(desk, http)
            await voter.claims(identifier)
            asked = await voter.send(PASSWORD, password=password)
            tries = [await voter.send(CODE, code="000000 no") for _ in range(6)]
            pages = [asked, await http.get(CODE), *tries]
            seen.append([(page.status_code, _content(page)) for page in pages])
    assert seen[0] == seen[1] == seen[2]
    assert [status for status, _ in seen[0]] == [303, 200] + [422] * 5 + [410]


async def test_each_try_has_a_captcha(desk: Desk) -> None:
    """A password and a code without the solved CAPTCHA are not even looked at."""
    elector = await desk.web_app.new_elector()
    await _stranger_fails(desk, elector.work_email)
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        await voter.claims(elector.work_email)
        refused = await voter.send(PASSWORD, password=elector.password, captcha="12")
        assert (refused.status_code, "Les chiffres ne correspondent pas" in refused.text) == (422, True)
        assert (await http.get(CODE)).headers["location"] == PASSWORD
        await voter.send(PASSWORD, password=elector.password)
        code = await desk.code(elector)
        for _ in range(6):
            assert (await voter.send(CODE, code=code, captcha="12")).status_code == 422
        assert (await voter.send(CODE, code=code)).headers["location"] == "/portail"


async def test_a_code_belongs_to_one_session_and_sign_in(desk: Desk) -> None:
    """Another browser that typed the right password too cannot use it, nor can the other sign-in, nor twice the same."""
    elector = await desk.web_app.new_elector()
    await _stranger_fails(desk, elector.work_email)
    async with desk.web_app.browser() as one, desk.web_app.browser() as other:
        browsers = [Browser(desk, one), Browser(desk, other)]
        for number, browser in enumerate(browsers, 1):
            await browser.claims(elector.work_email)
            await browser.send(PASSWORD, password=elector.password)
            await desk.code(elector, number)
        first, second = await desk.code(elector, 1), await desk.code(elector, 2)
        assert (await browsers[1].send(CODE, code=first)).status_code == 422
        assert (await browsers[0].send(f"{VOTE}/code", code=first)).status_code == 422
        sent = await browsers[0].filled(await one.get(CODE), code=first)
        answers = [await one.post(CODE, data=sent) for _ in range(2)]
        assert [answer.headers["location"] for answer in answers] == ["/portail"] * 2
        assert (await browsers[1].send(CODE, code=second)).headers["location"] == "/portail"


async def test_the_voting_space_asks_for_a_code_too(desk: Desk) -> None:
    """Wrong passwords with a live identifier shut nobody out there either, and leave the address alone."""
    elector = await _with_identifier(desk, 505)
    for number in range(FREE):
        async with desk.web_app.browser() as http:
            typed = {"identifier": elector.identifier, "password": f"wrong {number}"}
            assert (await Browser(desk, http).send(VOTE, **typed)).status_code == 422
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        typed = {"identifier": elector.identifier, "password": elector.password}
        captcha = await voter.send(VOTE, **typed)
        assert (captcha.status_code, 'name="captcha"' in captcha.text) == (422, True)
        answer = await http.post(VOTE, data=await voter.filled(captcha, **typed))
        assert (answer.status_code, answer.headers["location"]) == (303, f"{VOTE}/code")
        answer = await voter.send(f"{VOTE}/code", code=await desk.code(elector))
        assert (answer.status_code, answer.headers["location"]) == (303, "/espace-de-vote")
        assert "Votre espace de vote est ouvert" in (await http.get("/espace-de-vote")).text
    assert await _stranger_fails(desk, elector.work_email, 1) == [422]


async def test_the_portal_stays_open_until_a_sign_in_to_the_voting_space_has_its_code(desk: Desk) -> None:
    """A sign-in that is not completed changes nothing; one that is completed replaces the session."""
    elector = await _with_identifier(desk, 512)
    for number in range(FREE):
        async with desk.web_app.browser() as http:
            await Browser(desk, http).send(VOTE, identifier=elector.identifier, password=f"wrong {number}")
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        await voter.claims(elector.work_email)
        await voter.send(PASSWORD, password=elector.password)
        typed = {"identifier": elector.identifier, "password": elector.password}
        waiting = await http.post(VOTE, data=await voter.filled(await voter.send(VOTE, **typed), **typed))
        assert waiting.headers["location"] == f"{VOTE}/code"
        before = http.cookies["session"]
        assert (await voter.send(f"{VOTE}/code", code="000000 no")).status_code == 422
        assert (await voter.is_signed_in(), http.cookies["session"]) == (True, before)
        right = await voter.send(f"{VOTE}/code", code=await desk.code(elector))
        assert right.headers["location"] == "/espace-de-vote"
        assert (await voter.is_signed_in(), http.cookies["session"] == before) == (True, False)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
async def test_other_spellings_of_a_live_identifier_count_as_unknown_ones_do(desk: Desk, number: int) -> None:
    """After five failures each of them asks for a CAPTCHA, and not before: no spelling borrows another's count."""
    elector = await _with_identifier(desk, 506 + number)
    spelled = (elector.identifier, elector.identifier.lower(), f"{elector.identifier} ", "personne")[number]
    for attempt in range(FREE + 2):
        async with desk.web_app.browser() as http:
            answer = await Browser(desk, http).send(VOTE, identifier=spelled, password=f"wrong {attempt}")
            assert (answer.status_code, 'name="captcha"' in answer.text) == (422, attempt >= FREE - 1)


async def test_a_code_opens_nothing_for_an_identifier_that_was_replaced_meanwhile(desk: Desk) -> None:
    """Identifier and password were right, then a new identifier became active: the new one is asked, and is not marked as used."""
    elector = await _with_identifier(desk, 511)
    for number in range(FREE):
        async with desk.web_app.browser() as http:
            await Browser(desk, http).send(VOTE, identifier=elector.identifier, password=f"wrong {number}")
    async with desk.web_app.browser() as http:
        voter = Browser(desk, http)
        typed = {"identifier": elector.identifier, "password": elector.password}
        await http.post(VOTE, data=await voter.filled(await voter.send(VOTE, **typed), **typed))
        code = await desk.code(elector)
        async with desk.web_app.services.database.writing() as connection:
            active = (credentials.c.elector_id == elector.id) & (credentials.c.kind == Kind.IDENTIFIER)
            await connection.execute(update(credentials).where(active).values(hash="of the new identifier"))
        answer = await voter.send(f"{VOTE}/code", code=code)
        assert (answer.status_code, "vient d’être remplacé" in answer.text) == (409, True)
        assert (await http.get("/espace-de-vote")).status_code == 303


async def _with_identifier(desk: Desk, number: int) -> Person:
    numen, nir = f"02C{number:07d}AAA", f"1700176{number:03d}"
    person = Person(f"{number:032d}", f"v{number}@ac-lyon.fr", numen, nir, "Orme", identifier=f"E{number} a47#H9")
    await desk.web_app.electorate.enrol(person)
    return person


def _content(page: httpx2.Response) -> str:
    text = re.sub(r"[0-9a-f]{32,}", "…", page.text)
    return re.sub(r"session=[^;]*", "session=…", f"{page.headers.get('location')} {text}")
