"""A voter who does not give up: loads pages again, asks again, and believes only what pages say."""

import asyncio
from random import Random

import httpx2

from demo.client.running import Demo
from demo.client.voter import Person, Voter, hidden_fields, shown_code
from demo.state.inbox import Inbox

_PAUSE = 1.0  # seconds before a page that did not come is loaded again
_LOOKS = 90  # how often the phone is looked at before asking anew
_ASKS_AGAIN_IN = {"Refused", "Expired", "Cancelled", "Reissued", None}


class PersistentVoter:
    """Someone with a browser, a phone, and all the patience that is needed."""

    def __init__(self, http: httpx2.AsyncClient, person: Person, demo: Demo, seed: int) -> None:
        self.person = person
        self.name = person["phone"]
        self.faults: list[str] = []
        self._voter = Voter(http, person)
        self._inbox = Inbox.under(demo.state)
        self._draw = Random(seed)

    async def recover(self, start: float) -> str:
        """Recover a code from `start` seconds on, and return `voted` once it has opened the vote."""
        await asyncio.sleep(start)
        while True:
            try:
                if await self._one_try():
                    return "voted"
            except (httpx2.TransportError, KeyError, ValueError) as fault:
                self.faults.append(type(fault).__name__)  # the door is down, or it was no page of ours
            await asyncio.sleep(_PAUSE + self._draw.random())

    async def _one_try(self) -> bool:
        if (await self._voter.page("/portail")).status_code != httpx2.codes.OK:
            await self._voter.sign_in()
            return False
        if await self._voter.stage() in _ASKS_AGAIN_IN:
            await self._voter.ask()
            return False
        for _ in range(_LOOKS):
            code = await self._code()
            if code:
                return (await self._voter.vote(code)).status_code == httpx2.codes.SEE_OTHER
            if await self._voter.stage() in _ASKS_AGAIN_IN:
                return False
            await asyncio.sleep(_PAUSE)
        follow = await self._voter.page("/reassort/suivi")  # « Recevoir un nouveau lien »
        await self._voter.http.post("/reassort/suivi/renvoyer", data=hidden_fields(follow.text))
        return False

    async def _code(self) -> str | None:
        received = self._inbox.of(self.person["phone"])
        if not received:
            return None
        link = "/lien/" + received[-1].text.partition("/lien/")[2].split()[0]
        page = await self._voter.page(link)
        code = shown_code(page.text)
        if code or page.status_code != httpx2.codes.OK:
            return code
        await asyncio.sleep(self._draw.uniform(0, 2))  # finds something to write with
        pressed = await self._voter.press(link)
        return shown_code(pressed.text)
