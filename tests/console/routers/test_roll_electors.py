"""One elector's change by two administrators, at the console's pages."""

from typing import Any

import httpx2
import pytest

from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column
from activities.store.tables import electors
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR, SECOND_ADMINISTRATION, csrf_of
from tests.console.routers.roll_console import RollConsole
from tests.support.database_dump import rows, text_of
from tests.support.roll_uploads import imported

_ASK = "/exploitation/liste/electeurs/modifier"
_ONE, _TWO = people(2)
_NEW = "prenom.nouveau@ac-lyon.fr"
_FIELDS = {"work_email": _ONE[Column.WORK_EMAIL], "new_email": _NEW, "reason": "nouvelle académie"}


async def _send(browser: httpx2.AsyncClient, address: str, **fields: str) -> httpx2.Response:
    csrf = csrf_of((await browser.get("/exploitation/recherche")).text)
    return await browser.post(address, data={"csrf": csrf, **fields})


async def test_one_administrator_asks_and_another_types_it_again(roll: RollConsole) -> None:
    """The first cannot confirm; another entry is refused in a sentence; then the roll has the new address."""
    await imported(roll.processes, [_ONE, _TWO])
    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(SECOND_ADMINISTRATION) as nour:
        asked = await _send(vera, _ASK, **_FIELDS)
        assert asked.status_code == 303
        page = asked.headers["location"]
        confirmation = page.replace("/fichiers/", "/electeurs/") + "/confirmer"
        shown = (await nour.get(page)).text
        assert "nouvelle académie" in shown
        assert "messagerie professionnelle" in shown
        assert f'href="{confirmation}"' in shown
        assert f'href="{confirmation}"' not in (await vera.get(page)).text
        assert (await _send(vera, confirmation, **_FIELDS)).status_code == 403
        assert (await _send(nour, f"{page}/confirmer")).status_code == 409
        assert "Demande de Vera Garnier" in (await nour.get(confirmation)).text
        wrong = await _send(nour, confirmation, **{**_FIELDS, "new_email": f"x{_NEW}"})
        assert (wrong.status_code, "pas ce qui a été demandé" in wrong.text) == (409, True)
        assert not [value for value in (_NEW, *_FIELDS.values()) if value in wrong.text and "@" in value]
        assert _NEW not in await text_of(roll.database)
        assert (await _send(nour, confirmation, **_FIELDS)).status_code == 303
        assert "L’électeur est modifié" in (await vera.get(page)).text
        assert (await _send(nour, confirmation, **_FIELDS)).status_code == 409
    assert {row["work_email"] for row in await rows(roll.database, electors)} == {_NEW, _TWO[Column.WORK_EMAIL]}
    assert not [value for value in (_NEW, _ONE[Column.WORK_EMAIL]) if value in str(roll.temporal.started)]


async def test_nothing_personal_is_left_in_the_reason(roll: RollConsole) -> None:
    """Neither in the database, nor in the signed order that Temporal keeps."""
    await imported(roll.processes, [_ONE])
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        asked = await _send(vera, _ASK, **{**_FIELDS, "reason": f"mariage, {_NEW}, 06 39 98 12 34"})
        assert "mariage, •••, •••" in (await vera.get(asked.headers["location"])).text
    assert "06 39" not in str(roll.temporal.started) + await text_of(roll.database)
    assert _NEW not in str(roll.temporal.started)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"work_email": " "}, "Tapez l’adresse actuelle"),
        ({"new_email": ""}, "au moins une nouvelle valeur"),
        ({"new_email": "x" * 255}, "plus de 254"),
        ({"reason": ""}, "Donnez la raison"),
        ({"reason": "x" * 201}, "Donnez la raison"),
    ],
)
async def test_an_incomplete_form_is_refused(roll: RollConsole, changed: dict[str, Any], sentence: str) -> None:
    """With what is missing, and what was typed; nothing is stored."""
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        answer = await _send(vera, _ASK, **{**_FIELDS, **changed})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert all(f'value="{value}"' in answer.text for value in {**_FIELDS, **changed}.values())
    assert await roll.app.services.roll_uploads.recent() == []


@pytest.mark.parametrize("login", [ASSISTANCE, OPERATEUR])
async def test_other_roles_can_do_none_of_it(roll: RollConsole, login: str) -> None:
    """Neither ask nor confirm, nor see the forms; a form of another session is refused too."""
    await imported(roll.processes, [_ONE])
    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(login) as browser:
        page = (await _send(vera, _ASK, **_FIELDS)).headers["location"]
        confirmation = page.replace("/fichiers/", "/electeurs/") + "/confirmer"
        for address in (_ASK, confirmation):
            assert (await browser.get(address)).status_code == 403
            assert (await _send(browser, address, **_FIELDS)).status_code == 403
        assert (await vera.post(_ASK, data={**_FIELDS, "csrf": "0" * 64})).status_code == 403
        assert (await vera.get(f"/exploitation/liste/electeurs/{'0' * 32}/confirmer")).status_code == 404
    assert len(await roll.app.services.roll_uploads.recent()) == 2
