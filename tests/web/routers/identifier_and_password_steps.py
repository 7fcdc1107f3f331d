"""A browser that goes through the steps of a link of identifier and password."""

import re
from dataclasses import dataclass

import httpx2

from demo.client.voter import hidden_fields
from tests.support.people import Person
from tests.support.web_app import WebApp, assert_valid_response


@dataclass
class Steps:
    """One elector's link in one browser; every response is checked with `assert_valid_response`."""

    browser: httpx2.AsyncClient
    link: str
    person: Person

    async def opens(self) -> httpx2.Response:
        """Open the link."""
        page = await self.browser.get(self.link)
        assert_valid_response(page)
        return page

    async def proves(self, **typed: str) -> httpx2.Response:
        """Send step 1, with valid fields but for those given."""
        right = {"numen": self.person.numen, "birth_department": self.person.birth_department}
        return await self.sends(await self.opens(), {**right, **typed})

    async def chooses(self, second: httpx2.Response, **typed: str) -> httpx2.Response:
        """Send step 2 with the work mailbox, but for the fields given; another address is checked on a page of its own."""
        answer = await self.sends(second, {"destination": "work", **typed})
        return await self.sends(answer, {}) if 'value="verification"' in answer.text else answer

    async def notes(self, page: httpx2.Response) -> httpx2.Response:
        """Press « J’ai noté mon mot de passe », and return the page after it."""
        pressed = await self.browser.post(f"{self.link}/note", data=hidden_fields(page.text))
        assert pressed.status_code == 303
        return await self.browser.get(pressed.headers["location"])

    async def sends(self, page: httpx2.Response, typed: dict[str, str]) -> httpx2.Response:
        """Send the form of a page with these fields."""
        answer = await self.browser.post(self.link, data={**hidden_fields(page.text), **typed})
        assert_valid_response(answer)
        return answer


async def steps(web_app: WebApp, person: Person, browser: httpx2.AsyncClient) -> Steps:
    """Return the steps of an elector with a live link."""
    return Steps(browser, web_app.link(await web_app.identifier_and_password_link(person)), person)


def step_of(page: httpx2.Response) -> str:
    """Return the step that a page says it is."""
    found = re.search(r'fr-stepper__state">([^<]*)<', page.text)
    return found[1] if found else ""
