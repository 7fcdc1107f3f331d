"""The ledger keeps and journals each message's outcome, and computes how long deliveries take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import DeliveryOutcome, Ledger, Outgoing
from activities.store.database import Database
from activities.store.tables import journal, messages
from election.following.delays import DelayPercentiles
from tests.support.clock import Clock
from tests.support.database_dump import rows

SMS = Outgoing("message", "code-de-vote/elector", "link", "sms", "smpp", "RE")
MAIL = Outgoing("mail", "code-de-vote/elector", "link", "email", "smtp", "exemple.fr")


async def _entries(database: Database) -> list[tuple[str, ...]]:
    columns = ("event", "actor", "channel", "outcome", "detail")
    return [tuple(row[name] for name in columns) for row in await rows(database, journal)]


async def _arrives(ledger: Ledger, now: Clock, sent: Outgoing = SMS, reason: str = "") -> DeliveryOutcome:
    await ledger.begin(sent)
    await ledger.accepted(sent, (sent.id,))
    await ledger.received(Receipt("smpp", sent.id, delivered=not reason, reason=reason, at=now()))
    [fate] = await ledger.unreported()
    return fate


@pytest.mark.parametrize(("reason", "event"), [("", "delivered"), ("undeliv", "failed")])
async def test_the_journal_has_acceptance_and_outcome_of_an_sms(
    ledger: Ledger, database: Database, now: Clock, reason: str, event: str
) -> None:
    """Each once, with gateway and country, and without the number."""
    fate = await _arrives(ledger, now, reason=reason)
    for _ in range(2):
        await ledger.accepted(SMS, (SMS.id,))
        await ledger.mark_reported(fate)
    assert await _entries(database) == [
        ("message:send:accepted", "smpp", "sms", "accepted", "RE"),
        (f"message:send:{event}", "smpp", "sms", reason or "delivered", "RE"),
    ]
    [row] = await rows(database, messages)
    assert row["outcome"] == (reason or "delivered")


async def test_a_refused_send_has_an_outcome(ledger: Ledger, database: Database, now: Clock) -> None:
    """Ten attempts with the same answer are one journal entry; a permanent refusal ends the message."""
    await ledger.begin(MAIL)
    for _ in range(10):
        await ledger.not_accepted(MAIL, "smtp-451", final=False)
    [row] = await rows(database, messages)
    assert (row["outcome"], row["ended_at"], row["country_or_domain"]) == ("smtp-451", None, "exemple.fr")
    await ledger.not_accepted(MAIL, "smtp-550", final=True)
    [row] = await rows(database, messages)
    assert (row["outcome"], row["ended_at"], row["accepted_at"]) == ("smtp-550", now(), None)
    assert await _entries(database) == [
        ("message:send:postponed", "smtp", "email", "smtp-451", "exemple.fr"),
        ("message:send:refused", "smtp", "email", "smtp-550", "exemple.fr"),
    ]


async def test_the_same_answer_of_another_gateway_is_another_entry(ledger: Ledger, database: Database) -> None:
    """So that the journal says of each gateway what it did, once, however often it did so."""
    await ledger.begin(MAIL)
    for gateway in ("smtp", "smtp", "smtp2", "smtp2"):
        sent = replace(MAIL, gateway=gateway)
        await ledger.not_accepted(sent, "smtp-timeout", final=False, may_be_taken=True)
    assert [(event, actor) for event, actor, *_ in await _entries(database)] == [
        ("message:send:postponed", "smtp"),
        ("message:send:uncertain", "smtp"),
        ("message:send:postponed", "smtp2"),
        ("message:send:uncertain", "smtp2"),
    ]


async def test_a_send_that_is_accepted_in_the_end_has_not_failed(
    ledger: Ledger, database: Database, now: Clock
) -> None:
    """A mail, which has no receipt, ends when it is accepted; an SMS awaits its receipt."""
    for outgoing, ids in ((MAIL, ()), (SMS, ("1",))):
        await ledger.begin(outgoing)
        await ledger.not_accepted(outgoing, "busy", final=False)
        await ledger.accepted(outgoing, ids)
    ends = {row["channel"]: (row["outcome"], row["ended_at"]) for row in await rows(database, messages)}
    assert ends == {"email": ("accepted", now()), "sms": (None, None)}


async def test_a_message_ends_when_its_last_receipt_came(ledger: Ledger, database: Database, now: Clock) -> None:
    """Not when the outcome was reported to the recovery, an hour later."""
    fate = await _arrives(ledger, now)
    came = now()
    now.advance(timedelta(hours=1))
    await ledger.mark_reported(fate)
    assert [row["ended_at"] for row in await rows(database, messages)] == [came]


async def test_the_typical_delay_is_that_of_the_last_hour(ledger: Ledger, now: Clock) -> None:
    """For each channel, the median and the 90th percentile of deliveries; None if there are none."""
    assert await ledger.recent_delay("sms") is None
    begun = now()
    for number in range(1, 12):
        sent = Outgoing(f"message-{number}", SMS.workflow_id, "link", "sms", "smpp", "FR")
        now.instant = begun
        await ledger.begin(sent)
        now.advance(timedelta(seconds=number))
        await ledger.mark_reported(await _arrives(ledger, now, sent, "undeliv" if number == 11 else ""))
    await ledger.begin(MAIL)
    await ledger.accepted(MAIL, ())
    assert await ledger.recent_delay("sms") == DelayPercentiles(timedelta(seconds=5), timedelta(seconds=9))
    assert await ledger.recent_delay("email") == DelayPercentiles(timedelta(0), timedelta(0))
    now.advance(timedelta(hours=1))
    assert await ledger.recent_delay("sms") is None
