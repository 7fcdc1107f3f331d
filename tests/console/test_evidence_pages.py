"""The journal and the figures: every role reads them, by filter, as charts and as files for a spreadsheet."""

import re

import pytest

from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from console.presenters.journal import events
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR
from demo.state import operators
from demo.state.operators import DemoOperator
from election.procedures import Procedure, workflow_id_of
from tests.support.console_app import ConsoleApp
from tests.support.typography import faults

_RECOVERY = workflow_id_of(Procedure.VOTING_CODE, "beef" * 8)
_REFERENCE = "BEEF-BEEF-BEEF"
_BUREAU = DemoOperator("b.faure", "Basile Faure", "bureau")


@pytest.fixture(scope="module")
async def entries(console_app: ConsoleApp, console_database: Database) -> None:
    """A request, an operator's act whose reason is a spreadsheet's formula, a failed send, an elector's change and vote."""
    journal = console_app.context.services.journal
    for entry in (
        Entry("evidence-1", Event.REQUEST_ACCEPTED, "beef" * 8, _RECOVERY, "sms", "accepted"),
        Entry("evidence-2", Event.OPERATOR_CANCELLED, "m.durand", _RECOVERY, outcome="Cancelled", detail="=1+1"),
        Entry("evidence-3", Event.OPERATOR_CHANGED_ELECTOR, "v.garnier", "roll/1", outcome="prénoms"),
        Entry("access:evidence-4", Event.VOTE_ACCEPTED, "beef" * 8, "", outcome="accepted"),
    ):
        async with console_database.writing() as connection:
            await journal.record(connection, entry)
    ledger, refused = (
        Ledger(console_database, journal, utc_now),
        Outgoing("evidence-4", _RECOVERY, "l", "email", "smtp", "x.fr"),
    )
    await ledger.begin(refused)
    await ledger.not_accepted(refused, "smtp-550", final=True)


@pytest.mark.usefixtures("entries")
async def test_the_journal_is_read_by_filter_and_exported(console_app: ConsoleApp) -> None:
    """Its events are in French; a field that cannot be read is named, and exports nothing."""
    async with console_app.signed_in() as browser:
        page = (await browser.get("/exploitation/journal", params={"acteur": "m.durand"})).text
        file = await browser.get("/exploitation/journal.csv", params={"acteur": "m.durand"})
        wrong = {"jour": "hier", "reference": "Camille"}
        unread = (await browser.get("/exploitation/journal", params=wrong)).text
        nothing = await browser.get("/exploitation/journal.csv", params=wrong)
    assert "réassort annulé par un opérateur" in page.partition("<tbody>")[2]
    assert '<td title="Cancelled">annulé</td>' in page
    assert f'/exploitation/recherche?reference={_REFERENCE}"' in page
    assert "demande acceptée" not in page.partition("<tbody>")[2]
    _header, row = file.text.removeprefix("\ufeff").splitlines()
    assert row.endswith(";Cancelled;annulé;'=1+1")
    assert "Le jour s’écrit" in unread
    assert "Une référence a douze chiffres" in unread
    assert len(nothing.text.splitlines()) == 1


@pytest.mark.usefixtures("entries")
async def test_the_figures_are_tables_charts_and_files(console_app: ConsoleApp) -> None:
    """In French, with the codes beside the words in the files; a name that no table has is not found.

    The sealed export is made where its key is.
    """
    async with console_app.signed_in() as browser:
        page = (await browser.get("/exploitation/chiffres")).text
        file = (await browser.get("/exploitation/chiffres/procedures.csv")).text
        causes = (await browser.get("/exploitation/chiffres/causes.csv")).text.splitlines()
        requests = (await browser.get("/exploitation/chiffres/demandes.csv")).text
        assert (await browser.get("/exploitation/chiffres/autre.csv")).status_code == 404
    shown = re.sub(r"<[^>]+>", " ", page)
    assert [code for code in (Event.REQUEST_ACCEPTED, "email", "Cancelled") if code in shown] == []
    assert "La messagerie refuse cette adresse\u00a0: elle n’existe pas, ou nous y sommes interdits." in shown
    assert "smtp-550;La messagerie refuse cette adresse" in causes[1]
    assert ";Cancelled;annulé;1" in requests
    assert '<rect width="100.0%"' in page.partition('class="figures-chart"')[2].partition("<table")[0]
    assert "python -m activities.evidence.export" in page
    assert "code de vote;" in file
    assert "demande acceptée (code de vote)" in page


@pytest.mark.usefixtures("entries")
async def test_what_becomes_of_the_roll_is_read_by_the_bureau_and_the_administration_alone(
    console_app: ConsoleApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others find it neither in the journal, whatever they ask for, nor in the figures, nor in their files."""
    monkeypatch.setattr("demo.state.operators.OPERATORS", (*operators.OPERATORS, _BUREAU))
    asked = {"evenement": Event.OPERATOR_CHANGED_ELECTOR.value}
    addresses = [("journal", asked), ("journal", {}), ("journal.csv", asked), ("journal.csv", {})]
    addresses += [("chiffres", {}), ("chiffres/demandes.csv", {})]
    sees = {ASSISTANCE: False, OPERATEUR: False, _BUREAU.login: True, ADMINISTRATION: True}
    for login, may in sees.items():
        async with console_app.signed_in(login) as browser:
            for address, query in addresses:
                answer = await browser.get(f"/exploitation/{address}", params=query)
                assert ("operator:roll:" in answer.text) == may, (login, address)


@pytest.mark.usefixtures("entries")
async def test_who_voted_and_when_is_read_by_the_bureau_and_the_administration_alone(
    console_app: ConsoleApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others find it neither by event nor by actor nor in the file; of the same elector they read the recovery."""
    monkeypatch.setattr("demo.state.operators.OPERATORS", (*operators.OPERATORS, _BUREAU))
    elector = "beef" * 8
    sees = {ASSISTANCE: False, OPERATEUR: False, _BUREAU.login: True, ADMINISTRATION: True}
    for login, may in sees.items():
        async with console_app.signed_in(login) as browser:
            for page in ("journal", "journal.csv"):
                for asked in ({}, {"evenement": Event.VOTE_ACCEPTED.value}, {"acteur": elector}):
                    answer = await browser.get(f"/exploitation/{page}", params=asked)
                    read = answer.text.partition("<tbody>")[2] if page == "journal" else answer.text
                    assert (Event.VOTE_ACCEPTED.value in read) == may, (login, page, asked)
                    assert (f'value="{Event.VOTE_ACCEPTED}"' in answer.text) == (may and page == "journal")
            recovery = await browser.get(f"/exploitation/journal?reference={_REFERENCE}")
            assert Event.REQUEST_ACCEPTED.value in recovery.text.partition("<tbody>")[2]


def test_every_event_is_named_in_correct_french() -> None:
    """An event that is added without its words fails here."""
    named = events(whole=True)
    assert [event for event, _ in named if event not in {event for event, _ in events(whole=False)}] == [
        event for event, _ in named if event.startswith(("operator:roll:", "access:"))
    ]
    assert [event for event, words in named if words == event] == []
    assert [fault for _, words in named for fault in faults(words)] == []
