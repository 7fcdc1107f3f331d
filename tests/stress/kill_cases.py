"""The steps of each recovery that the tests interrupt by kills."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from httpx2 import Response, TransportError

from activities.evidence.journal import Event
from demo.client.demo_internals import fetch_rows
from demo.client.recovery_drivers import (
    choose_password,
    enter_voting_space,
    received_identifiers,
    request_identifier,
    request_password,
)
from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.stress.stress_voter import StressVoter
from tests.support.waiting import until

_TIMEOUT = 40.0


@dataclass(frozen=True)
class RecoveryCase:
    """One recovery.

    `request` sends the request. `received` returns the distinct links, or identifiers, in the messages since an id.
    `use` completes the recovery with one of them, and asserts that it works once and that the old credential does not.
    `event` is recorded in the journal once for each completed recovery.
    """

    name: str
    event: Event
    request: Callable[[StressVoter], Awaitable[Response]]
    received: Callable[[StressVoter, int], Awaitable[set[str]]]
    use: Callable[[StressVoter, str], Awaitable[None]]

    def successes(self, demo: Demo, voter: StressVoter) -> int:
        """Return the number of a person's completed recoveries in the journal."""
        query = "SELECT count(*) FROM journal JOIN electors ON actor = electors.id WHERE work_email = %s AND event = %s"
        [(count,)] = fetch_rows(demo, query, voter.person["work_email"], self.event)
        return int(count)


async def links_received(voter: StressVoter, since: int) -> set[str]:
    """Return the distinct links in this person's messages since an id."""
    texts = [message["text"] for message in await voter.messages(since)]
    return {link for text in texts for link in re.findall(r"/lien/[0-9a-z]+", text)}


async def press_until_answered(press: Callable[[], Awaitable[Response]]) -> None:
    """Press a link's button until the web answers 200, or 410 because an earlier press was done."""

    async def answered() -> bool:
        try:
            answer = await press()
        except TransportError:
            return False
        return answer.status_code in {200, 410}

    await until(answered, within=_TIMEOUT)


async def code_page(voter: StressVoter, link: str) -> str:
    """Return the page with the code, once the web and the worker answer again."""

    async def loaded() -> str | None:
        try:
            page = (await voter.page(link)).text
        except TransportError:
            return None
        return page if shown_code(page) else None

    return str(await until(loaded, within=_TIMEOUT))


async def _request_code(voter: StressVoter) -> Response:
    await voter.sign_in()
    return await voter.ask()


async def _vote(voter: StressVoter, link: str) -> None:
    await press_until_answered(lambda: voter.press(link))
    code = shown_code(await code_page(voter, link))
    assert (await voter.vote(str(code))).status_code == 303


async def _request_identifier(voter: StressVoter) -> Response:
    await voter.sign_in()
    return await request_identifier(voter)


async def _received_identifiers(voter: StressVoter, since: int) -> set[str]:
    return set(await received_identifiers(voter, since))


async def _enter_voting_space(voter: StressVoter, identifier: str) -> None:
    async def works() -> bool:
        return await voter.active_stage() in {"Sent", "Late", "Reissued"}

    await until(works, within=_TIMEOUT)
    former, voter.person["identifier"] = voter.person["identifier"], identifier
    password = voter.person["password"]
    assert (await enter_voting_space(voter, former, password)).status_code == 422
    assert (await enter_voting_space(voter, identifier, password)).headers.get("location") == "/espace-de-vote"


async def _choose_password(voter: StressVoter, link: str) -> None:
    former, voter.person["password"] = voter.person["password"], f"Après 2 arrêts {uuid4().hex[:8]} #É"
    await press_until_answered(lambda: choose_password(voter, link, voter.person["password"]))
    assert (await voter.page(link)).status_code == 410
    await voter.send("/connexion", identifier=voter.person["work_email"])
    assert (await voter.send("/connexion/mot-de-passe", password=former)).status_code == 422
    assert (await voter.sign_in()).headers.get("location") == "/portail"


CASES = (
    RecoveryCase("voting code", Event.CODE_REISSUED, _request_code, links_received, _vote),
    RecoveryCase(
        "identifier", Event.IDENTIFIER_REISSUED, _request_identifier, _received_identifiers, _enter_voting_space
    ),
    RecoveryCase("password", Event.PASSWORD_REPLACED, request_password, links_received, _choose_password),
)
