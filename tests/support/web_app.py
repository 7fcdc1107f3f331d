"""The real web application in this process, without a network, and browsers that use it."""

from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from secrets import token_hex

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.config.settings import WebSettings, key_bytes
from activities.recoveries.links import LinkRecord
from activities.security.hashing import KeyedHash, SlowHash
from activities.services import RollServices, build_roll_services
from activities.store.database import Database
from activities.store.tables import links
from demo.state.calendar import open_today
from election import procedures
from election.attempts import AttemptRules, SignInAttemptRules, SupportLetterRules
from election.procedures import Procedure
from election.settings import Election, load
from election.stages import Channel
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person
from tests.support.signing import KEYS, WEB_SEED
from tests.support.waiting import until
from web.app import build_app_context, create_app
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import workflow_id_of
from web.context.app_context import AppContext

_NUMBERS = count(100)  # of electors: each test of a session has others
_HEADERS = ("content-security-policy", "x-content-type-options", "x-frame-options")
_DEMO = Path(__file__).parents[2] / "election" / "demo.toml"


_ANY_LETTERS = SupportLetterRules(free_failures=100, per_network_an_hour=10**9, without_sign_in_an_hour=10**9)
_NO_CODES = SignInAttemptRules(free_failures=100)


class UnlimitedAttempts(AttemptRules, frozen=True):
    """Rules under which no attempt is ever refused, for tests that are not about attempts."""

    def wait_after(self, failures: int) -> timedelta:
        """Return no wait."""
        return timedelta(0) * failures


def open_election(directory: Path) -> Election:
    """Return the demo's election with its vote open now, and unlimited attempts."""
    moved = directory / "election.toml"
    open_today(_DEMO, moved, utc_now())
    unlimited = UnlimitedAttempts()
    limits = {"attempts": unlimited, "proof_attempts": unlimited}
    return load(moved).model_copy(
        update={**limits, "sign_in_attempts": _NO_CODES, "support_letters": _ANY_LETTERS}
    )


def settings_of(database_url: str, public_url: str = "http://portail.exemple.fr") -> WebSettings:
    """Return the settings of a web process, with keys for tests."""
    master, links, pepper, forms, signing = (SecretStr(digit * 64) for digit in ("1", "2", "3", "4", WEB_SEED[0]))
    return WebSettings(
        election=_DEMO,
        database_url=database_url,
        public_url=public_url,
        master_key=master,
        link_key=links,
        pepper=pepper,
        form_key=forms,
        web_signing_key=signing,
    )


@dataclass(frozen=True)
class WebApp:
    """The web application with its roll: two electors with an activated account, and one without.

    `services` are the database owner's: with them a test does what the application may not.
    """

    context: AppContext
    app: FastAPI
    electorate: Electorate
    services: RollServices

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        """Return a browser that follows no redirection; an exception in the application is raised in the test."""
        base = f"{'https' if self.context.is_https else 'http'}://portail.exemple.fr"
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url=base, headers=headers)

    async def new_elector(self) -> Person:
        """Return one more elector with an activated account, for one test."""
        number = next(_NUMBERS)
        person = Person(
            f"{number:032d}", f"p{number}@ac-lyon.fr", f"02B{number:07d}AAA", f"1700175{number:03d}", "Orme"
        )
        await self.electorate.enrol(person)
        return person

    async def voting_code_link(self, person: Person) -> LinkRecord:
        """Start a voting code's recovery and return its valid link; nothing is sent."""
        request = ChallengeRequest("", person.answer, person.numen, Channel.SMS, "+33612345678", "")
        assert (await self.context.voting_code_client.submit(person.id, request)).verdict is Verdict.ACCEPTED
        link_id = await self.newest_link(workflow_id_of(person.id))
        return LinkRecord(workflow_id_of(person.id), str(link_id), LinkVerdict.LIVE)

    async def identifier_and_password_link(self, person: Person) -> LinkRecord:
        """Start a recovery of identifier and password and return its valid link."""
        claimant = await self.services.roll.claimant(person.work_email)
        await self.context.identifier_and_password_client.request_link(claimant, token_hex(16))
        workflow_id = procedures.workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, claimant.subject)
        await until(lambda: self.newest_link(workflow_id))
        return LinkRecord(workflow_id, str(await self.newest_link(workflow_id)), LinkVerdict.LIVE)

    async def password_link(self, person: Person) -> LinkRecord:
        """Start a recovery of the password and return its valid link."""
        claimant = await self.services.roll.claimant(person.work_email)
        await self.context.password_client.request_link(claimant, token_hex(16))
        workflow_id = procedures.workflow_id_of(Procedure.PASSWORD, claimant.subject)
        await until(lambda: self.newest_link(workflow_id))
        return LinkRecord(workflow_id, str(await self.newest_link(workflow_id)), LinkVerdict.LIVE)

    async def newest_link(self, workflow_id: str) -> str | None:
        """Return the id of the newest link of a recovery, or None if it has none."""
        mine = select(links.c.link_id).where(links.c.workflow_id == workflow_id)
        async with self.services.database.reading() as connection:
            found: str | None = (
                (await connection.execute(mine.order_by(links.c.created_at.desc()))).scalars().first()
            )
        return found

    def link(self, link_record: LinkRecord) -> str:
        """Return the path of a link."""
        return f"/lien/{self.services.links.token(link_record.workflow_id, link_record.link_id)}"

    async def signed_in(self, person: Person = CAMILLE) -> "SessionTokens":
        """Return the cookie and the hidden field of a session of an elector who has signed in."""
        cookie, session = await self.services.sessions.open(person.id)
        return SessionTokens(cookie, self.context.form_tokens.make(session.id_hash))

    async def before_password(self, identifier: str) -> "SessionTokens":
        """Return the cookie and the hidden field of a session between identifier and password."""
        claimant = await self.services.roll.claimant(identifier)
        cookie, session = self.services.sessions.anonymous()
        await self.services.sessions.claim(session, claimant)
        return SessionTokens(cookie, self.context.form_tokens.make(session.id_hash))


@dataclass(frozen=True)
class SessionTokens:
    """What a browser sends for its session: the cookie, and the hidden field of forms."""

    cookie: str
    csrf: str


async def build_web_app(
    core: WebSettings, election: Election, database: Database, client: Client, *, as_web: Database | None = None
) -> WebApp:
    """Return an application whose roll has CAMILLE and SACHA, and DOMINIQUE whose account is not activated.

    `database` is its owner's; with `as_web` the application has the rights of the web's user alone, as in production.
    """
    services = roll_services(core, election, database)
    own = roll_services(core, election, as_web) if as_web else services
    context = build_app_context(core, election, own, client, demo=False)
    keyed = KeyedHash(key_bytes(core.pepper))
    electorate = Electorate(database, keyed, _quick(keyed), Clock())
    await electorate.enrol(CAMILLE, SACHA, DOMINIQUE)
    return WebApp(context, create_app(context), electorate, services)


def roll_services(core: WebSettings, election: Election, database: Database) -> RollServices:
    """Return the services of web or worker with the keys for tests, which hash passwords at the lowest cost."""
    keyed = KeyedHash(key_bytes(core.pepper))
    return build_roll_services(core, election, database, KEYS, _quick(keyed))


def _quick(keyed: KeyedHash) -> SlowHash:
    return SlowHash(keyed, memory_kib=8, passes=1)


class Markup(HTMLParser):
    """The names of a page's tags and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.names |= {tag, *(name for name, _ in attrs)}
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""


def assert_valid_response(answer: httpx2.Response, *, fault: bool = False) -> None:
    """Check a response: no server error unless `fault`, the security headers, and a French page, a redirect or JSON.

    A page that loads itself again says so, and no other does (RGAA 13.1).
    """
    assert (answer.status_code >= 500) == fault
    assert all(name in answer.headers for name in _HEADERS)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"  # other sites do not learn the address of a link
    if answer.status_code == 303:
        return
    if answer.headers["content-type"] == "application/json":
        assert answer.status_code in {200, 401}
        return
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ("refresh" in answer.headers) == ("elle se recharge toutes les" in answer.text)
    page = Markup(answer.text)
    assert page.language == "fr"
    assert not {"zq:q", "onzq:q"} & page.names
