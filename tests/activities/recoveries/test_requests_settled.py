"""Links renewed, recoveries settled, operators' acts noted: each once, however often Temporal runs it."""

import pytest

from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.recoveries.requests import OperatorAct, Renewal, Requests, Settlement
from activities.security.purposes import CONTACT
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import journal, vault_keys
from activities.store.tables import links as links_table
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import PHONE, WORKFLOW, Forms


async def _outcomes(database: Database) -> list[tuple[str, str]]:
    return [(row["event"], row["outcome"]) for row in await rows(database, journal)]


async def _keys(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_a_renewed_link_is_known_once(requests: Requests, links: Links, database: Database) -> None:
    """Renewed twice, a link leads where it led, and the journal has one line of it."""
    renewal = Renewal(WORKFLOW, CAMILLE.id, "sms", NewLink("link"))
    await requests.renew_link(renewal)
    await requests.renew_link(renewal)
    assert await links.find(links.token(WORKFLOW, "link")) == LinkRecord(WORKFLOW, "link", LinkVerdict.LIVE)
    assert len(await rows(database, links_table)) == 1
    assert await _outcomes(database) == [("voting_code:link:renewed", "")]


async def test_a_recovery_that_ends_is_settled_once(
    requests: Requests, vault: Vault, links: Links, database: Database, electorate: Electorate, forms: Forms
) -> None:
    """Settled twice, a recovery has no key left, its links have their ends, and the journal one line."""
    await electorate.enrol(CAMILLE)
    claim, contact = await forms.send("request", "link")
    await requests.judge_challenge(claim)
    keys = [key_id("request", CONTACT)]
    settlement = Settlement(WORKFLOW, CAMILLE.id, "link", Stage.EXPIRED, keys, {"link": LinkVerdict.EXPIRED})
    await requests.settle(settlement)
    await requests.settle(settlement)
    with pytest.raises(EnvelopeError):
        await vault.unseal(WORKFLOW, "request", CONTACT, contact)
    assert await _keys(database) == set()
    place = await links.find(links.token(WORKFLOW, "link"))
    assert place is not None
    assert place.ending is LinkVerdict.EXPIRED
    assert (await _outcomes(database))[1:] == [("voting_code:recovery:ended", "Expired")]


@pytest.mark.parametrize(
    ("workflow_id", "event"),
    [
        ("voting-code/camille", "voting_code:recovery:ended"),
        ("password/camille", "password:recovery:ended"),
    ],
)
async def test_an_ending_is_journalled_under_its_own_procedure(
    requests: Requests, database: Database, workflow_id: str, event: str
) -> None:
    """A password's recovery that expired is no voting code's in the figures; an operator's cancel names the operator."""
    await requests.settle(Settlement(workflow_id, CAMILLE.id, "run", Stage.EXPIRED))
    await requests.settle(Settlement(workflow_id, CAMILLE.id, "run-2", Stage.CANCELLED, operator="Claude Exemple"))
    assert await _outcomes(database) == [(event, "Expired"), ("operator:recovery:cancelled", "Cancelled")]


async def test_settling_one_recovery_leaves_the_others_keys(
    requests: Requests, vault: Vault, database: Database
) -> None:
    """Only the keys that are named are destroyed."""
    await vault.seal(WORKFLOW, "mine", {CONTACT: PHONE})
    await vault.seal("voting-code/other", "theirs", {CONTACT: PHONE})
    await requests.settle(Settlement(WORKFLOW, CAMILLE.id, "link", Stage.EXPIRED, [key_id("mine", CONTACT)]))
    assert await _keys(database) == {key_id("theirs", CONTACT)}


async def test_an_operator_s_cancellation_is_journalled_with_the_name(
    requests: Requests, database: Database
) -> None:
    """Who cancelled is the operator, not the elector; why is kept, but for a number that stood in it."""
    why = f"demandé par la personne au {PHONE}"
    await requests.settle(
        Settlement(WORKFLOW, CAMILLE.id, "link", Stage.CANCELLED, operator="M. Roux, assistance", reason=why)
    )
    [line] = await rows(database, journal)
    assert (line["event"], line["who"]) == ("operator:recovery:cancelled", "M. Roux, assistance")
    assert line["detail"] == "demandé par la personne au •••"


async def test_an_operator_s_retry_is_journalled_once(requests: Requests, database: Database) -> None:
    """Run again, the note of one act is one line: who, and what fault was tried again."""
    act = OperatorAct("act", WORKFLOW, "M. Roux", "sms:smpp-undeliv-011")
    await requests.note_retry(act)
    await requests.note_retry(act)
    [line] = await rows(database, journal)
    assert (line["event"], line["who"], line["outcome"]) == (
        "operator:send:retried",
        "M. Roux",
        "sms:smpp-undeliv-011",
    )


async def test_a_cancellation_that_settles_no_link_is_journalled_once(
    requests: Requests, database: Database
) -> None:
    """Run again, one line: who, at which stage, why; no number that the operator wrote."""
    act = OperatorAct("act", WORKFLOW, "M. Roux", "Displaying", f"demandé au {PHONE}")
    await requests.note_cancel(act)
    await requests.note_cancel(act)
    [line] = await rows(database, journal)
    assert (line["event"], line["who"]) == ("operator:recovery:cancelled", "M. Roux")
    assert (line["outcome"], line["detail"]) == ("Displaying", "demandé au •••")


async def test_a_long_name_stops_no_recovery_from_ending(requests: Requests, database: Database) -> None:
    """Temporal's own page takes a name of any length: the journal keeps as much as it can."""
    await requests.settle(Settlement(WORKFLOW, CAMILLE.id, "link", Stage.CANCELLED, operator="Roux " * 100))
    await requests.note_retry(OperatorAct("act", WORKFLOW, "Roux " * 100, "sms:" + "x" * 500))
    assert {len(row["who"]) for row in await rows(database, journal)} == {64}
