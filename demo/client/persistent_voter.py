"""A voter who retries until the vote is open: reloads pages, and makes a new request when one has ended."""

import asyncio
from random import Random

import httpx2

from demo.client.running import Demo
from demo.client.voter import Person, Voter, hidden_fields, shown_code
from demo.state.inbox import Inbox

_PAUSE = 1.0  # seconds before a page that failed is loaded again
_INBOX_CHECKS = 90  # before a new link is requested
_ASK_AGAIN_AT = {"Refused", "Expired", "Cancelled", "Reissued", None}


class PersistentVoter:
    """A person with a browser and a phone; `faults` counts the pages that failed, by error class."""

    def __init__(self, http: httpx2.AsyncClient, person: Person, demo: Demo, seed: int) -> None:
        self.person = person
        self.name = person["phone"]
        self.faults: list[str] = []
        self._voter = Voter(http, person)
        self._inbox = Inbox.under(demo.state)
        self._draw = Random(seed)

    async def recover(self, start: float) -> str:
        """Wait `start` seconds, recover a code, and return `voted` once the code has opened the vote."""
        await asyncio.sleep(start)
        while True:
            try:
                if await self._try():
                    return "voted"
            except (httpx2.TransportError, KeyError, ValueError) as fault:
                self.faults.append(type(fault).__name__)  # the web is down, or answered with an error page
            await asyncio.sleep(_PAUSE + self._draw.random())

    async def _try(self) -> bool:
        if (await self._voter.page("/portail")).status_code != httpx2.codes.OK:
            await self._voter.sign_in()
            return False
        if await self._voter.stage() in _ASK_AGAIN_AT:
            await self._voter.ask()
            return False
        for _ in range(_INBOX_CHECKS):
            code = await self._read_code()
            if code:
                return (await self._voter.vote(code)).status_code == httpx2.codes.SEE_OTHER
            if await self._voter.stage() in _ASK_AGAIN_AT:
                return False
            await asyncio.sleep(_PAUSE)
        follow = await self._voter.page("/reassort/suivi")  # has the button « Recevoir un nouveau lien »
        await self._voter.http.post("/reassort/suivi/renvoyer", data=hidden_fields(follow.text))
        return False

    async def _read_code(self) -> str | None:
        received = self._inbox.of(self.person["phone"])
        if not received:
            return None
        link = "/lien/" + received[-1].text.partition("/lien/")[2].split()[0]
        page = await self._voter.page(link)
        code = shown_code(page.text)
        if code or page.status_code != httpx2.codes.OK:
            return code
        await asyncio.sleep(self._draw.uniform(0, 2))  # a voter does not press the button at once
        pressed = await self._voter.press(link)
        return shown_code(pressed.text)
