"""The page of the roll: what imports have done to it, for the administration alone."""

import pytest

from activities.evidence.journal import Event
from activities.roll_import.order import Order
from tests.support.console_app import ADMINISTRATION, ASSISTANCE, OPERATEUR, ConsoleApp

_HASH, _OTHER = "ab" * 32, "cd" * 32


async def test_the_administration_reads_what_was_imported(console_app: ConsoleApp) -> None:
    """By whom, when, how many electors, and whether a file is one of them; the command has the operator's login."""
    services = console_app.services
    async with services.database.writing() as connection:
        for counts in ({"added": 1000, "updated": 0, "refused": 2}, {"added": 12, "updated": 3, "refused": 0}):
            await services.journal.record(
                connection, Order("m.durand", _HASH).entry(Event.OPERATOR_IMPORTED_ROLL, counts)
            )
    async with console_app.signed_in(ADMINISTRATION) as browser:
        page = await browser.get("/exploitation/liste", params={"empreinte": f" {_HASH.upper()} "})
        other = await browser.get("/exploitation/liste", params={"empreinte": _OTHER})
    assert page.status_code == other.status_code == 200
    assert page.text.count("ajoutés\u00a0: 1012, mis à jour\u00a0: 3") == 2
    assert f"--operator {ADMINISTRATION}" in page.text
    assert "Aucun import de ce fichier" in other.text
    assert "Aucun import de ce fichier" not in page.text


@pytest.mark.parametrize("login", [ASSISTANCE, OPERATEUR])
async def test_others_do_not(console_app: ConsoleApp, login: str) -> None:
    """The page says which role it needs."""
    async with console_app.signed_in(login) as browser:
        assert (await browser.get("/exploitation/liste")).status_code == 403
