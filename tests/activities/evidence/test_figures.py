"""The figures for the election's administration: sends by gateway and country or mail domain, and requests."""

import csv
import io
import re
from codecs import BOM_UTF8
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from activities.evidence.chain.hashes import Head
from activities.evidence.chain.sealing import Sealing
from activities.evidence.figures import Figures, gather
from activities.evidence.figures_report import print_tables, write_csv
from activities.evidence.figures_requests import Recoveries, RequestFigures, Waiting
from activities.evidence.figures_sends import SendFigures, Sends
from activities.evidence.figures_tables import tables_of, waiting_electors
from activities.evidence.journal import Entry, Event, Journal
from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock
from tests.support.commands import run_command

A_MINUTE = timedelta(minutes=1)


async def _sms(ledger: Ledger, now: Clock, number: int, seconds: int, reason: str = "") -> None:
    """Send an SMS to Réunion whose receipt comes after that many seconds."""
    sent = Outgoing(f"sms-{number}", "code-de-vote/elector", "link", "sms", "smpp", "RE")
    begun = now()
    await ledger.begin(sent)
    await ledger.accepted(sent, (sent.id,))
    now.advance(timedelta(seconds=seconds))
    await ledger.received(Receipt("smpp", sent.id, delivered=not reason, reason=reason, at=now()))
    for fate in await ledger.unreported():
        await ledger.mark_reported(fate)
    now.instant = begun


async def _mail(ledger: Ledger, number: int, domain: str, refusal: str = "") -> None:
    sent = Outgoing(f"mail-{domain}-{number}", "code-de-vote/elector", "link", "email", "smtp", domain)
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
    silent = Outgoing("silent", "code-de-vote/elector", "link", "sms", "smpp", "RE")
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
    """Under its own name: traces of access in one table, everything else in the other."""
    async with database.writing() as connection:
        for event in Event:
            await journal.record(connection, Entry(event, event, "who", "recovery"))
    figures = await gather(database, A_MINUTE, now)
    counted = {(event, "", ""): 1 for event in Event if not event.startswith("message:")}
    assert {**figures.requests, **figures.accesses} == counted
    assert {event for event, _, _ in figures.accesses} == {event for event in Event if event.is_trace}


async def test_the_figures_have_the_head_of_the_chain(database: Database, journal: Journal, now: Clock) -> None:
    """To be noted in the minutes of the vote."""
    async with database.writing() as connection:
        await journal.record(connection, Entry("one", Event.CODE_REISSUED, "who", "recovery"))
    head = await Sealing(database, now).seal()
    assert (await gather(database, A_MINUTE, now)).head == head != Head()


def _read(path: Path) -> list[list[str]]:
    """Return the cells of a file, as a French spreadsheet reads it."""
    content = path.read_bytes()
    assert content.startswith(BOM_UTF8)
    return list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))


def _command(url: str, *words: str) -> str:
    variables = {"REASSORT_DATABASE_URL": url, "REASSORT_ELECTION": "election/demo.toml", "COLUMNS": "160"}
    done = run_command("activities.evidence.figures", *words, variables=variables)
    done.check_returncode()
    return done.stdout


async def test_the_command_prints_tables_or_writes_csv(
    database_url: str, election: Election, tmp_path: Path, now: Clock
) -> None:
    """The files have the same figures as the screen, with plain numbers for a spreadsheet."""
    database = Database(database_url)
    ledger = Ledger(database, Journal(database, election, now), now)
    for number in range(5):
        await _mail(ledger, number, "exemple.fr")
    await database.close()
    assert "exemple.fr" in _command(database_url)
    assert _command(database_url, "--csv", str(tmp_path / "figures")) == ""
    header, *lines = _read(tmp_path / "figures" / "envois.csv")
    assert header[:5] == ["Canal", "Passerelle", "Pays ou domaine", "Envois", "Acceptés"]
    assert lines == [["email", "smtp", "exemple.fr", "5", "5", "", "0", "0", "0", "0", "0,0", "0,0"]]
    assert (tmp_path / "figures" / "demandes.csv").exists()


def test_the_figures_say_which_weaknesses_the_election_kept_and_why(
    database_url: str, election: Election, tmp_path: Path
) -> None:
    """On the screen and as a file: a judge reads them beside the counts."""
    shown = _command(database_url)
    assert "Faiblesse admise" in shown
    assert all(weakness in shown for weakness in election.security.overrides)
    _command(database_url, "--csv", str(tmp_path))
    header, *lines = _read(tmp_path / "securite.csv")
    assert header == ["Niveau", "Faiblesse admise", "Motif"]
    assert lines == [["2", weakness, reason] for weakness, reason in election.security.overrides.items()]


async def test_a_message_that_is_still_tried_has_not_failed(
    ledger: Ledger, database: Database, journal: Journal, now: Clock
) -> None:
    """It has when it was sent anew, or when its recovery has ended without it; a notice is tried all the same."""
    for number, delivery in enumerate(("tried", "again", "again", "ended")):
        sent = Outgoing(f"{delivery}-{number}", f"code-de-vote/{delivery}", delivery, "sms", "smpp", "RE")
        await ledger.begin(sent)
        if number != 2:
            await ledger.not_accepted(sent, "smpp-unbound", final=False)
        now.advance(timedelta(seconds=1))
    notice = Outgoing("ended-avis", "code-de-vote/ended", "ended", "sms", "smpp", "RE")
    await ledger.begin(notice)
    async with database.writing() as connection:
        now.advance(timedelta(seconds=1))
        await journal.record(
            connection, Entry("e", Event.RECOVERY_ENDED, "who", "code-de-vote/ended", outcome="Expired")
        )
    figures = await gather(database, A_MINUTE, now)
    sms = figures.sends["sms", "smpp", "RE"]
    assert (sms.sent, sms.accepted, sms.trying, sms.failed, sms.late) == (5, 0, 3, 2, 0)
    causes = {(kind[3]): (each.trying, each.failed) for kind, each in figures.messages.by_cause.items()}
    assert causes == {"smpp-unbound": (1, 2), "": (2, 0)}
    now.advance(A_MINUTE + A_MINUTE)
    assert (await gather(database, A_MINUTE, now)).sends["sms", "smpp", "RE"].late == 3


async def test_recoveries_are_counted_by_procedure_and_by_day_of_the_elections_zone(
    database: Database, journal: Journal, now: Clock
) -> None:
    """What begins at half past eleven at night in London belongs to the next day in Paris."""
    now.instant = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    entries = [
        (Event.REQUEST_ACCEPTED, "code-de-vote/a", "accepted"),
        (Event.REQUEST_REFUSED, "code-de-vote/b", "wrong_proof"),
        (Event.CODE_REISSUED, "code-de-vote/a", ""),
        (Event.RECOVERY_ENDED, "code-de-vote/a", "Reissued"),
        (Event.PASSWORD_REQUEST_ACCEPTED, "mot-de-passe/a", "accepted"),
        (Event.PASSWORD_ENDED, "mot-de-passe/a", "Expired"),
        (Event.OPERATOR_CANCELLED, "mot-de-passe/b", "Cancelled"),
        (Event.OPERATOR_CANCELLED, "mot-de-passe/b", "Reissued"),
        (Event.OPERATOR_UNLOCKED, "sign-in/a", "5 failures"),
    ]
    async with database.writing() as connection:
        for number, (event, workflow_id, outcome) in enumerate(entries):
            await journal.record(connection, Entry(f"{number}", event, "a", workflow_id, "", outcome))
    recoveries = (await gather(database, A_MINUTE, now, ZoneInfo("Europe/Paris"))).recoveries
    assert recoveries.by_procedure == {
        "voting-code": Recoveries(asked=1, refused=1, handed=1),
        "password": Recoveries(asked=1, expired=1, cancelled=1),
    }
    assert recoveries.by_day == {"2026-12-04": Recoveries(asked=2, refused=1, handed=1, expired=1, cancelled=1)}


async def test_electors_who_asked_and_received_nothing_are_named_with_their_last_message(
    ledger: Ledger, database: Database, journal: Journal, now: Clock
) -> None:
    """By their opaque ids, for each procedure; a notice is no answer, and who received once does not wait."""
    asked = [("lucky", Event.CODE_REISSUED), ("waits", None), ("unsent", None), ("refused", None)]
    async with database.writing() as connection:
        for elector, event in asked:
            where = (elector, f"code-de-vote/{elector}")
            await journal.record(
                connection, Entry(f"{elector}1", Event.REQUEST_ACCEPTED, *where, "sms", "accepted")
            )
            await journal.record(
                connection, Entry(f"{elector}2", Event.REQUEST_ACCEPTED, *where, "sms", "accepted")
            )
            if event:
                await journal.record(connection, Entry(f"{elector}3", event, *where))
    for message, elector in (("waits-1", "waits"), ("waits-2", "waits"), ("x-avis", "unsent"), ("r-1", "refused")):
        sent = Outgoing(message, f"code-de-vote/{elector}", message, "sms", "smpp", "RE")
        await ledger.begin(sent)
        if message == "waits-1":
            await ledger.not_accepted(sent, "smpp-unbound", final=False)
        elif message == "r-1":
            await ledger.not_accepted(sent, "smpp-0x0000000B", final=True)
        else:
            await ledger.accepted(sent, (message,))
        now.advance(timedelta(seconds=1))
    table = waiting_electors(await gather(database, A_MINUTE, now))
    assert sorted((row[0], row[2], row[4]) for row in table.rows) == [
        ("refused", "en échec", 2),
        ("unsent", "aucun envoi", 2),
        ("waits", "accepté", 2),
    ]


def _full() -> Figures:
    """Return figures with long names and large numbers in every table."""
    event = "identifier_and_password:identifier:reissued"
    requests = {(event, "email", "after_password_recovery"): 1_000_000}
    sends = Sends(sent=1_000_000, accepted=999_999, delivered=999_998, late=12_345, failed=54_321, seconds=[61.25])
    messages = SendFigures()
    messages.by_area["sms", "smpp", "enseignement-agricole.gouv.fr"] = sends
    messages.by_cause["identifier-and-password", "email", "smtp", "smtp-recipient-refused-0x0000000B"] = sends
    messages.by_day["2026-12-03"] = sends
    messages.by_procedure["identifier-and-password"] = 1_000_000
    recoveries = Recoveries(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)
    waiting = Waiting(
        "0f" * 16, "identifier-and-password", 12, datetime(2026, 12, 3, tzinfo=UTC), True, "x", False, True
    )
    counted = RequestFigures({"identifier-and-password": recoveries}, {"2026-12-03": recoveries}, [waiting] * 30)
    return Figures(requests, requests, counted, messages, Head())


def test_the_tables_can_be_read_on_80_columns(election: Election) -> None:
    """No number is broken, no line is longer, and words break where their parts end."""
    out = io.StringIO()
    print_tables(_full(), election.security, Console(file=out, width=80))
    shown = out.getvalue()
    assert max(map(len, shown.splitlines())) <= 80
    words = {
        word for table in tables_of(_full(), election.security) for name in table.header for word in name.split()
    }
    for whole in {*words, "1\u202f000\u202f000", "999\u202f998", "54\u202f321", "0f" * 16, "2026-12-03"}:
        assert re.search(rf"(?<!\S){re.escape(whole)}(?!\S)", shown), whole
    assert len(re.findall(r"\b61,2\b", shown)) == 2
    in_each_table = (6, 4, 1, 1, 1)  # procedures, days, requests, accesses, sends
    assert len(re.findall("1\u202f000\u202f000", shown)) == sum(in_each_table)
    for end in ("after_password_", "smtp-recipient-", "enseignement-"):
        assert re.search(rf"{end}(\s|$)", shown, re.MULTILINE), end
    assert "et 10 autres" in shown


def test_what_a_gateway_wrote_is_no_formula_of_a_spreadsheet(election: Election, tmp_path: Path) -> None:
    """A cause that begins with an equals sign is written as text."""
    figures = _full()
    figures.messages.by_cause["password", "sms", "smpp", '=HYPERLINK("x")'] = Sends(failed=1)
    write_csv(tmp_path, figures, election.security)
    assert '\'=HYPERLINK("x")' in {row[3] for row in _read(tmp_path / "causes.csv")}
    assert len(_read(tmp_path / "electeurs.csv")) == 31
