"""An elector who has signed in, and has an account at FranceConnect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
from sqlalchemy import update

from activities.config.settings import key_bytes
from activities.security.hashing import KeyedHash
from activities.store.tables import electors
from demo.state import people as fictional
from tests.support.database_dump import rows
from tests.support.france_connect import PORTAL, Identification
from tests.support.people import Person
from tests.support.web_app import WebApp, settings_of
from web.app import create_app

START = "/reassort/code-de-vote/franceconnect"


@dataclass
class Voter:
    """An elector who has signed in, with a browser that can go through FranceConnect."""

    web_app: WebApp
    person: Person
    browser: httpx2.AsyncClient
    csrf: str
    identification: Identification

    async def begins(self) -> httpx2.Response:
        """Press the button of FranceConnect."""
        return await self.browser.post(START, data={"csrf": self.csrf})

    async def comes_back(self, who: str, **changes: str) -> httpx2.Response:
        """Go through FranceConnect as a person, and come back with its answer, with the changes given."""
        led = await self.begins()
        arrival = await self.identification.signs_in(led.headers["location"], who)
        given = {"state": arrival.state, "code": arrival.code, "error": arrival.error, "iss": arrival.issuer}
        query = {name: value for name, value in (given | changes).items() if value}
        return await self.browser.get("/franceconnect/retour", params=query)


@asynccontextmanager
async def identified_voter(
    web_app: WebApp, identification: Identification, who: fictional.Person
) -> AsyncIterator[Voter]:
    """Run with the only elector on the roll who has the identity of one of the demo's people."""
    number = 7_000 + len(await rows(web_app.services.database, electors))
    person = await web_app.new_elector(number)
    keyed = KeyedHash(key_bytes(settings_of("").pepper))
    known = {
        "birth_name": who.birth_name,
        "first_names": who.first_names,
        "sex": who.sex,
        "birth_date_hash": keyed.of("birth_date", who.birth_date),
        "birth_place_hash": keyed.of("birth_place", who.commune),
    }
    async with web_app.services.database.writing() as connection:
        # Only one elector at a time: an identity that several electors share proves nothing.
        former = update(electors).where(electors.c.birth_name == who.birth_name).values(birth_name="Martin")
        await connection.execute(former)
        await connection.execute(update(electors).where(electors.c.id == person.id).values(known))
    context = replace(web_app.context, france_connect=identification.client, public_url=PORTAL)
    here = replace(web_app, context=context, app=create_app(context))
    tokens = await here.signed_in(person)
    async with here.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        yield Voter(here, person, browser, tokens.csrf, identification)
