"""Renewals, settlements and operators' acts are written once, also when Temporal runs the activity again."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.progress import rows as rows_of_progress
from activities.progress.rows import LinkOf
from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.recoveries.notices import NoticeKind
from activities.recoveries.requests import Renewal, Requests
from activities.recoveries.settlements import Extension, OperatorAct, Settlement, Settlements
from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import journal, vault_keys
from activities.store.tables import links as links_table
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate
from tests.support.sealed_claims import PHONE, WORKFLOW, SealedClaims


async def _outcomes(database: Database) -> list[tuple[str, str]]:
    return [(row["event"], row["outcome"]) for row in await rows(database, journal)]


async def _key_ids(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_a_renewed_link_is_registered_once(
    requests: Requests, links: Links, database: Database, sealed_claims: SealedClaims
) -> None:
    """Run twice, there is one link and one journal entry."""
    _, contact = await sealed_claims.make("request", "first")
    renewal = Renewal(WORKFLOW, CAMILLE.id, "sms", NewLink("link"), "request", contact)
    await requests.renew_link(renewal)
    await requests.renew_link(renewal)
    assert await links.find(links.token(WORKFLOW, "link")) == LinkRecord(
        WORKFLOW, "link", LinkVerdict.LIVE, CAMILLE.id
    )
    assert len(await rows(database, links_table)) == 1
    assert await _outcomes(database) == [("voting_code:link:renewed", "")]


async def test_no_link_is_registered_once_the_recovery_has_ended(
    requests: Requests,
    settlements: Settlements,
    links: Links,
    database: Database,
    electorate: Electorate,
    sealed_claims: SealedClaims,
) -> None:
    """A cancellation had given up a renewal that the database runs only now; one that was registered before is so also in a second run."""
    await electorate.enrol(CAMILLE)
    claim, contact = await sealed_claims.make("request", "link")
    await requests.judge_challenge(claim)
    first, late = (
        Renewal(WORKFLOW, CAMILLE.id, "sms", link, "request", contact)
        for link in (NewLink("second", "link", 2), NewLink("third", "second", 3))
    )
    for _ in range(2):
        assert (await requests.renew_link(first)).verdict is Verdict.ACCEPTED
    cancelled = {"link": LinkVerdict.REPLACED, "second": LinkVerdict.CANCELLED}
    await settlements.settle(Settlement(WORKFLOW, CAMILLE.id, "second", Stage.CANCELLED, [], cancelled))
    assert (await requests.renew_link(late)).verdict is Verdict.NOTHING_TO_SEND
    assert await links.find(links.token(WORKFLOW, "third")) is None
    assert [row["stage"] for row in await rows(database, progress)] == ["Cancelled"]


async def test_a_recovery_is_settled_once(
    requests: Requests,
    settlements: Settlements,
    vault: Vault,
    links: Links,
    database: Database,
    electorate: Electorate,
    sealed_claims: SealedClaims,
) -> None:
    """Run twice, the keys are destroyed, the links have their endings, and there is one journal entry."""
    await electorate.enrol(CAMILLE)
    claim, contact = await sealed_claims.make("request", "link")
    await requests.judge_challenge(claim)
    key_ids = [key_id("request", CONTACT)]
    settlement = Settlement(WORKFLOW, CAMILLE.id, "link", Stage.EXPIRED, key_ids, {"link": LinkVerdict.EXPIRED})
    await settlements.settle(settlement)
    await settlements.settle(settlement)
    with pytest.raises(EnvelopeError):
        await vault.unseal(WORKFLOW, "request", CONTACT, contact)
    # The notice of the request destroys its own when it is sent.
    assert await _key_ids(database) == {key_id(NoticeKind.REQUESTED.owner_id("request"), NOTICE)}
    found = await links.find(links.token(WORKFLOW, "link"))
    assert found is not None
    assert found.ending is LinkVerdict.EXPIRED
    assert (await _outcomes(database))[1:] == [("voting_code:recovery:ended", "Expired")]


@pytest.mark.parametrize(
    ("workflow_id", "event"),
    [
        ("code-de-vote/camille", "voting_code:recovery:ended"),
        ("mot-de-passe/camille", "password:recovery:ended"),
    ],
)
async def test_an_ending_is_journalled_under_its_procedure(
    settlements: Settlements, database: Database, workflow_id: str, event: str
) -> None:
    """The event names the procedure; an operator's cancellation has an event of its own."""
    await settlements.settle(Settlement(workflow_id, CAMILLE.id, "run", Stage.EXPIRED))
    await settlements.settle(
        Settlement(workflow_id, CAMILLE.id, "run-2", Stage.CANCELLED, operator="Claude Exemple")
    )
    assert await _outcomes(database) == [(event, "Expired"), ("operator:recovery:cancelled", "Cancelled")]


async def test_a_settlement_destroys_only_its_own_keys(
    settlements: Settlements, vault: Vault, database: Database
) -> None:
    """Keys of another recovery stay."""
    await vault.seal(WORKFLOW, "own", {CONTACT: PHONE})
    await vault.seal("code-de-vote/other", "other", {CONTACT: PHONE})
    await settlements.settle(Settlement(WORKFLOW, CAMILLE.id, "link", Stage.EXPIRED, [key_id("own", CONTACT)]))
    assert await _key_ids(database) == {key_id("other", CONTACT)}


async def test_an_operator_s_cancellation_is_journalled_with_the_name(
    settlements: Settlements, database: Database
) -> None:
    """The entry has the operator instead of the elector, and the reason without its phone number."""
    reason = f"demandé par la personne au {PHONE}"
    await settlements.settle(
        Settlement(WORKFLOW, CAMILLE.id, "link", Stage.CANCELLED, operator="M. Roux, assistance", reason=reason)
    )
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["actor"]) == ("operator:recovery:cancelled", "M. Roux, assistance")
    assert entry["detail"] == "nom tapé, non vérifié\u00a0: demandé par la personne au •••"


async def test_an_operator_s_retry_is_journalled_once(settlements: Settlements, database: Database) -> None:
    """Run twice, there is one entry with the operator and the fault."""
    act = OperatorAct("act", WORKFLOW, "M. Roux", "sms:smpp-undeliv-011")
    await settlements.note_retry(act)
    await settlements.note_retry(act)
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["actor"], entry["outcome"]) == (
        "operator:send:retried",
        "M. Roux",
        "sms:smpp-undeliv-011",
    )


async def test_an_extension_is_journalled_and_moves_the_end_of_its_link_alone(
    settlements: Settlements, database: Database
) -> None:
    """Run twice, there is one entry, with the new end and whether the console has signed the order."""
    link, until = LinkOf(WORKFLOW, "link"), datetime(2026, 12, 4, 12, tzinfo=UTC)
    async with database.writing() as connection:
        dies_at = until - timedelta(hours=1)
        await rows_of_progress.begin(connection, link, Channel.SMS, hint=None, sends_left=1, dies_at=dies_at)
    for link_id, dies_at in (("another", until + timedelta(days=1)), ("link", until), ("link", until)):
        await settlements.note_extension(Extension(link_id, WORKFLOW, link_id, dies_at, "M. Roux", "malade"))
    entries = await rows(database, journal)
    assert [entry["event"] for entry in entries] == ["operator:link:extended"] * 2
    assert entries[1]["outcome"] == until.isoformat()
    assert entries[1]["detail"] == "nom tapé, non vérifié\u00a0: malade"
    [noted] = await rows(database, progress)
    assert noted["dies_at"] == until


async def test_a_refused_retry_is_journalled_without_a_name(settlements: Settlements, database: Database) -> None:
    """A batch whose input names nobody is counted, with the reason."""
    await settlements.note_refused_retry(OperatorAct("act", WORKFLOW, "", "OperatorMissing"))
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["actor"], entry["outcome"]) == ("operator:send:refused", "", "OperatorMissing")


async def test_a_cancellation_without_a_live_link_is_journalled_once(
    settlements: Settlements, database: Database
) -> None:
    """Run twice, there is one entry with the operator, the stage, and the reason without its phone number."""
    act = OperatorAct("act", WORKFLOW, "M. Roux", "Displaying", f"demandé au {PHONE}", is_verified=True)
    await settlements.note_cancel(act)
    await settlements.note_cancel(act)
    [entry] = await rows(database, journal)
    assert (entry["event"], entry["actor"]) == ("operator:recovery:cancelled", "M. Roux")
    assert (entry["outcome"], entry["detail"]) == ("Displaying", "demandé au •••")


async def test_a_long_operator_name_is_shortened(settlements: Settlements, database: Database) -> None:
    """The Temporal UI accepts a name of any length: the journal keeps 64 characters."""
    await settlements.settle(Settlement(WORKFLOW, CAMILLE.id, "link", Stage.CANCELLED, operator="Roux " * 100))
    await settlements.note_retry(OperatorAct("act", WORKFLOW, "Roux " * 100, "sms:" + "x" * 500))
    assert {len(row["actor"]) for row in await rows(database, journal)} == {64}
