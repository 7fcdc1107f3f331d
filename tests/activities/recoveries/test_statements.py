"""How often a recovery asks the database: each statement is half a hundredth of the processor time of its worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from activities.recoveries.requests import Requests
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.voting_code import VotingCodes
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.verdicts import LinkVerdict, Verdict
from tests.support.clicked_link import Browser
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import SealedClaims


@dataclass
class Asked:
    """How many statements a database was sent, and how many transactions were committed."""

    statements: int = 0
    commits: int = 0


@contextmanager
def _counted() -> Iterator[Asked]:
    asked = Asked()

    def on_statement(*_: object) -> None:
        asked.statements += 1

    def on_commit(_: Connection) -> None:
        asked.commits += 1

    event.listen(Engine, "before_cursor_execute", on_statement)
    event.listen(Engine, "commit", on_commit)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", on_statement)
        event.remove(Engine, "commit", on_commit)


async def test_a_judgement_and_a_reissue_ask_the_database_seldom(
    requests: Requests, voting_codes: VotingCodes, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """One transaction each, and five single statements before that of the judgement."""
    await electorate.enrol(CAMILLE)
    claim, _ = await sealed_claims.make("request", "link")
    with _counted() as judgement:
        assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    settled = SettledLinks({"link": LinkVerdict.USED}, [key_id("request", CONTACT)])
    with _counted() as reissue:
        await voting_codes.reissue_voting_code(Browser().order(settled=settled))
    assert (judgement, reissue) == (Asked(20, 1), Asked(16, 1))
