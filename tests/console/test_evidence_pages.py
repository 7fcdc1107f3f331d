"""The journal and the figures: every role reads them, by filter, as charts and as files for a spreadsheet."""

import pytest

from activities.evidence.journal import Entry, Event
from activities.store.database import Database
from console.presenters.journal import events
from election.procedures import Procedure, workflow_id_of
from tests.support.console_app import ConsoleApp
from tests.support.typography import faults

_RECOVERY = workflow_id_of(Procedure.VOTING_CODE, "beef" * 8)
_REFERENCE = "BEEF-BEEF-BEEF"


@pytest.fixture(scope="module")
async def entries(console_app: ConsoleApp, console_database: Database) -> None:
    """A request and its ending, and an operator's act whose reason would be a formula of a spreadsheet."""
    journal = console_app.context.services.journal
    for entry in (
        Entry("evidence-1", Event.REQUEST_ACCEPTED, "beef" * 8, _RECOVERY, "sms", "accepted"),
        Entry("evidence-2", Event.OPERATOR_CANCELLED, "m.durand", _RECOVERY, detail="=1+1"),
    ):
        async with console_database.writing() as connection:
            await journal.record(connection, entry)


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
    assert f'/exploitation/recherche?reference={_REFERENCE}"' in page
    assert "demande acceptée" not in page.partition("<tbody>")[2]
    _header, row = file.text.removeprefix("\ufeff").splitlines()
    assert row.endswith(";'=1+1")
    assert "Le jour s’écrit" in unread
    assert "Une référence a douze chiffres" in unread
    assert len(nothing.text.splitlines()) == 1


@pytest.mark.usefixtures("entries")
async def test_the_figures_are_tables_charts_and_files(console_app: ConsoleApp) -> None:
    """Each table is a file; a name that none has is not found. The sealed export is made where its key is."""
    async with console_app.signed_in() as browser:
        page = (await browser.get("/exploitation/chiffres")).text
        file = (await browser.get("/exploitation/chiffres/procedures.csv")).text
        assert (await browser.get("/exploitation/chiffres/autre.csv")).status_code == 404
    assert '<rect width="100.0%"' in page.partition('class="figures-chart"')[2].partition("<table")[0]
    assert "python -m activities.evidence.export" in page
    assert "code de vote;" in file
    assert "demande acceptée (code de vote)" in page
    assert Event.REQUEST_ACCEPTED not in page


def test_every_event_is_named_in_correct_french() -> None:
    """An event that is added without its words fails here."""
    assert [event for event, words in events(sees_roll=True) if words == event] == []
    assert [fault for _, words in events(sees_roll=True) for fault in faults(words)] == []
