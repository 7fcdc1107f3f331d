"""Rows that are not needed any more are purged at a certain age; messages and most of the journal are never purged."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest
from sqlalchemy import insert, update

from activities.accounts.captchas import KEPT, Captchas
from activities.accounts.sessions import IDLE, Sessions
from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.evidence.access_trace import AddressHashes
from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Entry, Event, Journal
from activities.gateways.sms.gateway import Receipt
from activities.progress.rows import LinkOf, begin, settle
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.recoveries.links import Links, NewLink
from activities.security.hashing import KeyedHash
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import (
    address_keys,
    captchas,
    generated_identifiers,
    journal_seals,
    metadata,
    quotas,
    segments,
)
from activities.store.tables import attempts as attempts_table
from activities.store.tables import journal as journal_table
from activities.store.tables import links as links_table
from activities.store.tables import sessions as sessions_table
from activities.upkeep.retention import Retention
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, Electorate

A_SECOND = timedelta(seconds=1)
NINETY_DAYS = timedelta(days=90)
WEEK = timedelta(days=7)
HALF_A_YEAR = timedelta(days=180)


@pytest.fixture
def retention(database: Database, now: Clock) -> Retention:
    """The purge, in an election whose links expire in half a year."""
    return Retention(database, now() + HALF_A_YEAR, now)


async def _fail(attempts: Attempts, now: Clock, times: int) -> None:
    for _ in range(times):
        attempt = Attempt("an identifier", AttemptScope.SIGN_IN, token_hex(16))
        paused_until = await attempts.count(attempt)
        if paused_until is not None:
            now.instant = paused_until
            await attempts.count(attempt)


async def test_expired_sessions_and_captchas_are_purged(
    retention: Retention, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """A second after they expire, and not before."""
    sessions, drawn = Sessions(database, keyed_hash, now), Captchas(database, keyed_hash, now)
    _, session = await sessions.open("elector")
    await drawn.spend(drawn.draw(session.id_hash), session.id_hash, "typed", "form")
    assert KEPT == IDLE
    now.advance(KEPT)
    assert await retention.purge_expired() == 0
    now.advance(A_SECOND)
    assert await retention.purge_expired() == 2
    assert await rows(database, captchas) == []
    assert await rows(database, sessions_table) == []


@pytest.mark.parametrize(("failures", "kept"), [(4, WEEK), (5, NINETY_DAYS), (9, NINETY_DAYS)])
async def test_failures_are_purged_after_their_pause(
    retention: Retention, attempts: Attempts, database: Database, now: Clock, failures: int, kept: timedelta
) -> None:
    """Up to four are purged after a week, more after ninety days from the end of the pause."""
    await _fail(attempts, now, failures)
    [row] = await rows(database, attempts_table)
    assert row["failures"] == failures
    now.instant = row["paused_until"] + kept
    assert await retention.purge_expired() == 0
    now.advance(A_SECOND)
    assert await retention.purge_expired() == 1


async def test_a_pause_of_a_year_is_kept(
    retention: Retention, attempts: Attempts, database: Database, now: Clock
) -> None:
    """A hundred failures are not purged before their pause ends."""
    await _fail(attempts, now, 1)
    end = now() + timedelta(days=365)
    async with database.writing() as connection:
        await connection.execute(update(attempts_table).values(failures=100, paused_until=end))
    now.advance(timedelta(days=364))
    assert await retention.purge_expired() == 0
    assert await attempts.paused_until("an identifier", AttemptScope.SIGN_IN) == end


async def test_ended_links_are_purged_after_ninety_days(
    retention: Retention, links: Links, database: Database, now: Clock
) -> None:
    """A link that may still be valid is kept until the election's links expire."""
    async with database.writing() as connection:
        for each in ("spent", "held"):
            await links.register(connection, "code-de-vote/elector", NewLink(each), "elector")
        await links.end(connection, {"spent": LinkVerdict.USED})
    now.advance(NINETY_DAYS)
    assert await retention.purge_expired() == 0
    now.advance(A_SECOND)
    assert await retention.purge_expired() == 1
    assert [row["link_id"] for row in await rows(database, links_table)] == ["held"]
    now.advance(NINETY_DAYS)
    assert await retention.purge_expired() == 1


async def test_rows_of_recoveries_are_purged_as_links_are(
    retention: Retention, database: Database, now: Clock
) -> None:
    """Ninety days after an ending; those of recoveries that never ended a day after the election."""
    async with database.writing() as connection:
        for each in ("ended", "waiting"):
            link = LinkOf(f"code-de-vote/{each}", "link")
            await begin(connection, link, Channel.SMS, hint="", sends_left=1, dies_at=now())
        await settle(connection, LinkOf("code-de-vote/ended", "link"), Stage.EXPIRED)
        await connection.execute(update(progress).values(changed_at=now()))
    now.advance(NINETY_DAYS)
    assert await retention.purge_expired() == 0
    now.advance(A_SECOND)
    assert await retention.purge_expired() == 1
    now.advance(HALF_A_YEAR)
    assert await retention.purge_expired() == 1


async def test_identifier_requests_and_quotas_are_purged_a_day_after_the_election(
    retention: Retention, database: Database, electorate: Electorate, now: Clock
) -> None:
    """Until then they are needed for the limits, however old they are."""
    await electorate.enrol(CAMILLE)
    asked = {
        "id": "r",
        "workflow_id": "identifiant/x",
        "elector_id": CAMILLE.id,
        "phone_hash": "h",
        "envelope": "e",
    }
    async with database.writing() as connection:
        await connection.execute(insert(generated_identifiers).values(**asked, counted=True, created_at=now()))
        counts = [{"key": key, "elector_id": CAMILLE.id, "uses": 1} for key in ("number:h", "elector:c")]
        await connection.execute(insert(quotas), counts)
    now.advance(HALF_A_YEAR + timedelta(days=1) - A_SECOND)
    assert await retention.purge_expired() == 0
    now.advance(A_SECOND)
    assert await retention.purge_expired() == 3
    assert not await rows(database, quotas)
    assert not await rows(database, generated_identifiers)


async def test_unknown_receipts_are_purged_after_a_week(
    retention: Retention, ledger: Ledger, database: Database, now: Clock
) -> None:
    """Receipts of known messages are kept."""
    ours = Outgoing("message", "code-de-vote/elector", "link", "sms", "smpp")
    await ledger.begin(ours)
    await ledger.accepted(ours, ("ours",))
    for gateway_id in ("ours", "unknown"):
        await ledger.received(Receipt("smpp", gateway_id, delivered=True, reason="", at=now()))
    now.advance(WEEK)
    assert await retention.purge_receipts() == 0
    now.advance(A_SECOND)
    assert await retention.purge_receipts() == 1
    assert [row["gateway_id"] for row in await rows(database, segments)] == ["ours"]


async def test_what_is_left_of_bounces_is_purged_after_ninety_days(
    retention: Retention, database: Database, now: Clock
) -> None:
    """What they said is in ledger and journal."""
    await BounceInbox(database, b"k" * 32, now).note("link-1", BounceReport(BounceKind.FINAL, "5.1.1"))
    now.advance(NINETY_DAYS)
    assert await retention.purge_receipts() == 0
    now.advance(A_SECOND)
    assert await retention.purge_receipts() == 1


async def test_evidence_is_never_purged(
    retention: Retention, journal: Journal, ledger: Ledger, database: Database, now: Clock
) -> None:
    """Journal entries, their seals and messages are kept after ten years."""
    async with database.writing() as connection:
        await journal.record(connection, Entry("entry", Event.CODE_REISSUED, "elector", "recovery"))
    await ledger.begin(Outgoing("message", "code-de-vote/elector", "link", "sms", "smpp"))
    now.advance(timedelta(days=3650))
    await asyncio.gather(retention.purge_expired(), retention.purge_receipts())
    kept = {table.name for table in metadata.sorted_tables if await rows(database, table)}
    assert kept == {"journal", "journal_seals", "messages"}


async def test_traces_of_access_are_purged_at_their_age_once_they_are_sealed(
    database: Database, election: Election, retention: Retention
) -> None:
    """Half a year after the attempt the trace is gone and its seal is kept; other entries of that day are kept."""
    then = Clock(datetime.now(UTC) - election.retention.access_traces - A_SECOND)
    trace, verdict = (
        Entry("access:1", Event.SIGN_IN_REFUSED, "who", ""),
        Entry("v", Event.CODE_REISSUED, "who", ""),
    )
    for clock, entries in ((then, (trace, verdict)), (Clock(), (replace(trace, id="access:2"),))):
        async with database.writing() as connection:
            for each in entries:
                await Journal(database, election, clock).record(connection, each)
    await retention.purge_expired()
    assert len(await rows(database, journal_table)) == 3
    await Sealing(database, Clock()).seal()
    await retention.purge_expired()
    assert {row["entry_id"] for row in await rows(database, journal_table)} == {"v", "access:2"}
    assert len(await rows(database, journal_seals)) == 3


async def test_a_day_s_address_key_is_deleted_when_the_next_day_is_over(
    database: Database, keyed_hash: KeyedHash, retention: Retention, now: Clock
) -> None:
    """Until then a process that works across midnight may use it."""
    await AddressHashes(database, keyed_hash, now).hash("192.0.2.1")
    now.advance(timedelta(days=1))
    await retention.purge_expired()
    assert len(await rows(database, address_keys)) == 1
    now.advance(timedelta(days=1))
    await retention.purge_expired()
    assert await rows(database, address_keys) == []


async def test_more_rows_than_one_batch_are_purged(retention: Retention, database: Database, now: Clock) -> None:
    """All 2,500 rows."""
    drawn = [{"id": f"{number}", "form_hash": "form", "created_at": now()} for number in range(2_500)]
    async with database.writing() as connection:
        await connection.execute(insert(captchas), drawn)
    now.advance(timedelta(days=1))
    assert await retention.purge_expired() == 2_500
