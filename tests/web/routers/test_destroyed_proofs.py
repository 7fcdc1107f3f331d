"""What an elector typed is destroyed with the answer to the request, whatever the answer is."""

from sqlalchemy import select

from activities.store.tables import vault_keys
from election.stages import Channel
from election.verdicts import Verdict
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import workflow_id_of


async def _asks(web_app: WebApp, person: Person, number: int) -> Verdict:
    request = ChallengeRequest(str(number), person.answer, person.numen, Channel.SMS, "+33612345678", "")
    return (await web_app.context.voting_code_client.submit(person.id, request)).verdict


async def test_one_request_too_many_leaves_nothing_that_can_be_read(web_app: WebApp) -> None:
    """It comes too soon and is refused before its proofs are checked: of it no key is left, of the first one the contact's."""
    voter = await web_app.new_elector()
    assert [await _asks(web_app, voter, number) for number in range(2)] == [Verdict.ACCEPTED, Verdict.TOO_SOON]
    query = select(vault_keys.c.id).where(vault_keys.c.workflow_id == workflow_id_of(voter.id))
    async with web_app.services.database.reading() as connection:
        keys = list((await connection.execute(query)).scalars())
    assert [key.rpartition(":")[2] for key in keys if not key.endswith(":notice")] == ["contact"]
