"""A browser at the link of who votes without a notice, step by step."""

import re
from dataclasses import dataclass

import httpx2

from demo.client.voter import hidden_fields
from tests.support.people import Person
from tests.support.web_app import WebApp, sound


@dataclass
class Steps:
    """One elector's own link, in one browser; every answer is a sound one."""

    browser: httpx2.AsyncClient
    link: str
    person: Person

    async def opens(self) -> httpx2.Response:
        """Open the link."""
        page = await self.browser.get(self.link)
        sound(page)
        return page

    async def proves(self, **typed: str) -> httpx2.Response:
        """Send step 1, rightly filled in unless said otherwise."""
        right = {"numen": self.person.numen, "birth_department": self.person.birth_department}
        return await self._sends(await self.opens(), {**right, **typed})

    async def chooses(self, second: httpx2.Response, **typed: str) -> httpx2.Response:
        """Send step 2: the work mailbox, unless said otherwise."""
        return await self._sends(second, {"destination": "work", **typed})

    async def notes(self, page: httpx2.Response) -> httpx2.Response:
        """Press « J’ai noté mon mot de passe », and return where that leads."""
        pressed = await self.browser.post(f"{self.link}/note", data=hidden_fields(page.text))
        assert pressed.status_code == 303
        return await self.browser.get(pressed.headers["location"])

    async def _sends(self, page: httpx2.Response, typed: dict[str, str]) -> httpx2.Response:
        answer = await self.browser.post(self.link, data={**hidden_fields(page.text), **typed})
        sound(answer)
        return answer


async def steps(web_app: WebApp, person: Person, browser: httpx2.AsyncClient) -> Steps:
    """Return an elector's steps, the link just received."""
    return Steps(browser, web_app.link(await web_app.without_notice(person)), person)


def step_of(page: httpx2.Response) -> str:
    """Return which step a page says it is."""
    found = re.search(r'fr-stepper__state">([^<]*)<', page.text)
    return found[1] if found else ""
