"""A signed-in elector whose identity at the demo's FranceConnect is the one on the roll."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
from sqlalchemy import update

from activities.config.settings import key_bytes
from activities.security.hashing import KeyedHash
from activities.store.tables import electors
from demo.client.voter import VERIFICATION, hidden_fields
from demo.state import people as fictional
from tests.support.france_connect import PORTAL, SimulatedFranceConnect
from tests.support.people import Person, sign_electors
from tests.support.web_app import WebApp, settings_of
from web.app import create_app

START = "/reassort/code-de-vote/franceconnect"


@dataclass
class Voter:
    """A signed-in elector with a browser that can sign in at FranceConnect."""

    web_app: WebApp
    person: Person
    browser: httpx2.AsyncClient
    csrf: str
    france_connect: SimulatedFranceConnect

    async def start(self) -> httpx2.Response:
        """Press the FranceConnect button, and return the redirect to the provider."""
        return await self.browser.post(START, data={"csrf": self.csrf})

    async def come_back(self, who: str, **changes: str) -> httpx2.Response:
        """Sign in at FranceConnect as that person, and call the return page with its response, changed by `changes`."""
        led = await self.start()
        arrival = await self.france_connect.sign_in_at(led.headers["location"], who)
        given = {"state": arrival.state, "code": arrival.code, "error": arrival.error, "iss": arrival.issuer}
        query = {name: value for name, value in (given | changes).items() if value}
        return await self.browser.get("/franceconnect/retour", params=query)

    async def checks(self) -> httpx2.Response:
        """Send the last page, which shows the address in full, and return the answer."""
        page = await self.browser.get(VERIFICATION)
        return await self.browser.post(VERIFICATION, data=hidden_fields(page.text))


@asynccontextmanager
async def identified_voter(
    web_app: WebApp, france_connect: SimulatedFranceConnect, who: fictional.Person
) -> AsyncIterator[Voter]:
    """Yield a signed-in elector with the identity of that fictional person, as the only one on the roll."""
    person = await web_app.new_elector()
    keyed = KeyedHash(key_bytes(settings_of("").pepper))
    known = {
        "birth_name": who.birth_name,
        "first_names": who.first_names,
        "sex": who.sex,
        "birth_date_hash": keyed.hash("birth_date", who.birth_date),
        "birth_place_hash": keyed.hash("birth_place", who.commune),
    }
    async with web_app.services.database.writing() as connection:
        # Only one elector at a time: an identity that several electors share proves nothing.
        former = update(electors).where(electors.c.birth_name == who.birth_name).values(birth_name="Martin")
        changed = (await connection.execute(former.returning(electors.c.id))).scalars().all()
        await connection.execute(update(electors).where(electors.c.id == person.id).values(known))
        await sign_electors(connection, keyed, person.id, *changed)
    context = replace(web_app.context, france_connect=france_connect.client, public_url=PORTAL)
    here = replace(web_app, context=context, app=create_app(context))
    tokens = await here.signed_in(person)
    async with here.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        yield Voter(here, person, browser, tokens.csrf, france_connect)
