"""What a kill must not harm: one row for each recovery, from its request to what it gives back."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from httpx2 import Response, TransportError

from activities.evidence.journal import Event
from demo.client.demo_internals import ask
from demo.client.recovery_drivers import choose, come_in, forget_password, identifiers, lose_identifier
from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.stress.persistent_voter import Survivor
from tests.support.waiting import until

_PATIENCE = 40.0


@dataclass(frozen=True)
class Kind:
    """One recovery.

    `ask` makes the request; `arrived` returns the different things that messages have brought since one;
    `use` takes what arrived to its end, and fails unless it works once, and the old credential is dead;
    `event` is journalled once for each recovery that succeeded.
    """

    name: str
    event: Event
    ask: Callable[[Survivor], Awaitable[Response]]
    arrived: Callable[[Survivor, int], Awaitable[set[str]]]
    use: Callable[[Survivor, str], Awaitable[None]]

    def successes(self, demo: Demo, voter: Survivor) -> int:
        """Return how many recoveries of this kind the journal knows of somebody."""
        query = (
            "SELECT count(*) FROM journal JOIN electors ON who = electors.id WHERE work_email = %s AND event = %s"
        )
        [(count,)] = ask(demo, query, voter.person["work_email"], self.event)
        return int(count)


async def links_received(voter: Survivor, since: int) -> set[str]:
    """Return every link that this person has received since."""
    texts = [message["text"] for message in await voter.messages(since)]
    return {link for text in texts for link in re.findall(r"/lien/[0-9a-z]+", text)}


async def pressed(press: Callable[[], Awaitable[Response]]) -> None:
    """Press a link's button until the door answers: that it is done, or that it was done before."""

    async def answered() -> bool:
        try:
            answer = await press()
        except TransportError:
            return False
        return answer.status_code in {200, 410}

    await until(answered, within=_PATIENCE)


async def code_page(voter: Survivor, link: str) -> str:
    """Return the page with the code, once the door and the recoveries answer again."""

    async def loaded() -> str | None:
        try:
            page = (await voter.page(link)).text
        except TransportError:
            return None
        return page if shown_code(page) else None

    return str(await until(loaded, within=_PATIENCE))


async def _ask_signed_in(voter: Survivor) -> Response:
    await voter.sign_in()
    return await voter.ask()


async def _votes(voter: Survivor, link: str) -> None:
    await pressed(lambda: voter.press(link))
    code = shown_code(await code_page(voter, link))
    assert (await voter.vote(str(code))).status_code == 303


async def _lose_identifier(voter: Survivor) -> Response:
    await voter.sign_in()
    return await lose_identifier(voter)


async def _identifiers(voter: Survivor, since: int) -> set[str]:
    return set(await identifiers(voter, since))


async def _comes_in(voter: Survivor, identifier: str) -> None:
    async def works() -> bool:
        return await voter.active_stage() in {"Sent", "Late", "Reissued"}

    await until(works, within=_PATIENCE)
    former, voter.person["identifier"] = voter.person["identifier"], identifier
    password = voter.person["password"]
    assert (await come_in(voter, former, password)).status_code == 422
    assert (await come_in(voter, identifier, password)).headers.get("location") == "/espace-de-vote"


async def _chooses(voter: Survivor, link: str) -> None:
    former, voter.person["password"] = voter.person["password"], f"Après 2 pannes {uuid4().hex[:8]} #É"
    await pressed(lambda: choose(voter, link, voter.person["password"]))
    assert (await voter.page(link)).status_code == 410
    await voter.send("/connexion", identifier=voter.person["work_email"])
    assert (await voter.send("/connexion/mot-de-passe", password=former)).status_code == 422
    assert (await voter.sign_in()).headers.get("location") == "/portail"


KINDS = (
    Kind("voting code", Event.CODE_REISSUED, _ask_signed_in, links_received, _votes),
    Kind("identifier", Event.IDENTIFIER_REISSUED, _lose_identifier, _identifiers, _comes_in),
    Kind("password", Event.PASSWORD_REPLACED, forget_password, links_received, _chooses),
)
