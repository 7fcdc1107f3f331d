"""The figures for the election's administration: sends by gateway and country or mail domain, and requests."""

import csv
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from activities.evidence.figures import gather
from activities.evidence.journal import Entry, Event, Journal
from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from tests.support.clock import Clock

A_MINUTE = timedelta(minutes=1)


async def _sms(ledger: Ledger, now: Clock, number: int, seconds: int, reason: str = "") -> None:
    """Send an SMS to Réunion whose receipt comes after that many seconds."""
    sent = Outgoing(f"sms-{number}", "voting-code/elector", "link", "sms", "smpp", "RE")
    begun = now()
    await ledger.begin(sent)
    await ledger.accepted(sent, (sent.id,))
    now.advance(timedelta(seconds=seconds))
    await ledger.received(Receipt("smpp", sent.id, delivered=not reason, reason=reason, at=now()))
    for fate in await ledger.unreported():
        await ledger.mark_reported(fate)
    now.instant = begun


async def _mail(ledger: Ledger, number: int, domain: str, refusal: str = "") -> None:
    sent = Outgoing(f"mail-{domain}-{number}", "voting-code/elector", "link", "email", "smtp", domain)
    await ledger.begin(sent)
    if refusal:
        await ledger.not_accepted(sent, refusal, final=True)
    else:
        await ledger.accepted(sent, ())


async def test_sends_are_counted_by_channel_gateway_and_area(
    ledger: Ledger, database: Database, now: Clock
) -> None:
    """Delivered, late, failed and unacknowledged sends are counted; delays are those of delivered messages."""
    for number, seconds in enumerate((2, 3, 4, 61)):
        await _sms(ledger, now, number, seconds)
    await _sms(ledger, now, 9, 1, "undeliv")
    silent = Outgoing("silent", "voting-code/elector", "link", "sms", "smpp", "RE")
    await ledger.begin(silent)
    await ledger.accepted(silent, ("silent",))
    for number in range(5):
        await _mail(ledger, number, "exemple.fr", "smtp-550" if number == 0 else "")
    now.advance(A_MINUTE + A_MINUTE)
    sends = (await gather(database, A_MINUTE, now)).sends
    assert set(sends) == {("sms", "smpp", "RE"), ("email", "smtp", "exemple.fr")}
    sms, mail = sends["sms", "smpp", "RE"], sends["email", "smtp", "exemple.fr"]
    assert (sms.sent, sms.accepted, sms.delivered, sms.late, sms.failed) == (6, 6, 4, 2, 1)
    assert sms.delay is not None
    assert (sms.delay.median, sms.delay.percentile_90) == (timedelta(seconds=3), timedelta(seconds=61))
    assert (mail.sent, mail.accepted, mail.delivered, mail.late, mail.failed) == (5, 4, 0, 0, 1)


async def test_mail_domains_with_few_messages_are_grouped(ledger: Ledger, database: Database, now: Clock) -> None:
    """A domain with fewer than five messages may identify a person, so it is counted under `autres`."""
    for number in range(4):
        await _mail(ledger, number, "durand.fr")
    for number in range(2):
        await _mail(ledger, number, "dupont.fr")
    sends = (await gather(database, A_MINUTE, now)).sends
    assert {kind: each.sent for kind, each in sends.items()} == {("email", "smtp", "autres"): 6}


async def test_requests_are_counted_by_outcome(database: Database, journal: Journal, now: Clock) -> None:
    """The journal's requests are counted; its entries about messages are left to the counts of sends."""
    events = [Event.REQUEST_ACCEPTED, Event.REQUEST_ACCEPTED, Event.SEND_ACCEPTED]
    async with database.writing() as connection:
        for number, event in enumerate(events):
            await journal.record(connection, Entry(f"{number}", event, "who", "recovery", "sms", "accepted"))
    figures = await gather(database, A_MINUTE, now)
    assert figures.requests == {("voting_code:request:accepted", "sms", "accepted"): 2}


async def test_every_journal_event_except_messages_is_counted_once(
    database: Database, journal: Journal, now: Clock
) -> None:
    """Each event that is not about a message is counted under its own name."""
    async with database.writing() as connection:
        for event in Event:
            await journal.record(connection, Entry(event, event, "who", "recovery"))
    requests = (await gather(database, A_MINUTE, now)).requests
    counted = [event for event in Event if not event.startswith("message:")]
    assert requests == {(event, "", ""): 1 for event in counted}


def _command(url: str, *words: str) -> str:
    command = [sys.executable, "-m", "activities.evidence.figures", *words]
    environment = {**os.environ, "REASSORT_DATABASE_URL": url, "COLUMNS": "160"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


async def test_the_command_prints_tables_or_writes_csv(database_url: str, tmp_path: Path, now: Clock) -> None:
    """The files have the same figures as the screen, with plain numbers for a spreadsheet."""
    database = Database(database_url)
    ledger = Ledger(database, Journal(database, "default", now), now)
    for number in range(5):
        await _mail(ledger, number, "exemple.fr")
    await database.close()
    assert "exemple.fr" in _command(database_url)
    assert _command(database_url, "--csv", str(tmp_path / "figures")) == ""
    with (tmp_path / "figures" / "envois.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header[:5] == ["Canal", "Passerelle", "Pays ou domaine", "Envois", "Acceptés"]
    assert lines == [["email", "smtp", "exemple.fr", "5", "5", "", "0", "0", "0.0", "0.0"]]
    assert (tmp_path / "figures" / "demandes.csv").exists()
