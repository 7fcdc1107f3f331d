"""The pages of the roll: what imports have done to it, and the upload of a file by one administrator and its confirmation by another."""

from typing import Any

import httpx2
import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.evidence.journal import Event
from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column
from activities.roll_import.order import Order
from activities.roll_uploads.orders import UploadState
from activities.store.operator_table import roll_pieces
from activities.store.tables import electors
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR, SECOND_ADMINISTRATION, csrf_of
from demo.state import operators
from demo.state.operators import DemoOperator
from tests.console.routers.roll_console import RollConsole
from tests.support.database_dump import rows
from tests.support.roll_uploads import file_of, values_of
from workflows.contracts.options import ROLL

_SOME_PAGE = "/exploitation/recherche"
_HASH, _OTHER = "ab" * 32, "cd" * 32
_PAGE, _UPLOAD = "/exploitation/liste", "/exploitation/liste/fichiers"
_ROLL = file_of(people(3))


async def _post(browser: httpx2.AsyncClient, content: bytes = _ROLL, **changed: Any) -> httpx2.Response:
    """Send the form of the page with a file."""
    fields = {"csrf": csrf_of((await browser.get(_SOME_PAGE)).text), "kind": "add", **changed}
    return await browser.post(_UPLOAD, data=fields, files={"fichier": ("liste.csv", content, "text/csv")})


async def _act(browser: httpx2.AsyncClient, page: str, act: str) -> httpx2.Response:
    return await browser.post(f"{page}/{act}", data={"csrf": csrf_of((await browser.get(_SOME_PAGE)).text)})


async def test_one_administrator_uploads_and_another_confirms(roll: RollConsole) -> None:
    """The page shows what would change before, who has done what after, and the electors are on the roll."""
    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(SECOND_ADMINISTRATION) as nour:
        uploaded = await _post(vera)
        assert uploaded.status_code == 303
        page = uploaded.headers["location"]
        judged = (await vera.get(page)).text
        assert "À confirmer" in judged
        assert "à ajouter" in judged
        assert "C’est vous qui avez fait ce dépôt" in judged
        assert f'action="{page}/confirmer"' not in judged
        refused = await _act(vera, page, "confirmer")
        assert (refused.status_code, "une autre personne" in refused.text) == (403, True)
        assert await rows(roll.database, electors) == []
        assert f'action="{page}/confirmer"' in (await nour.get(page)).text
        assert (await _act(nour, page, "confirmer")).status_code == 303
        done = (await nour.get(page)).text
        assert "Vera Garnier (v.garnier)" in done
        assert "Nour Roussel (n.roussel)" in done
        assert "confirmé par Nour Roussel" in (await vera.get(_PAGE)).text
        assert (await _act(nour, page, "confirmer")).status_code == 409
    assert {row["work_email"] for row in await rows(roll.database, electors)} == {
        each[Column.WORK_EMAIL] for each in people(3)
    }
    orders = str(roll.temporal.started)
    assert not [value for value in values_of(_ROLL) if value in orders]


async def test_refused_lines_are_shown_with_how_to_mend_them(roll: RollConsole) -> None:
    """By number and column; the value is nowhere."""
    wrong = file_of([*people(2), {**next(people(1, seed=9)), Column.NUMEN: "18E12"}])
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        page = (await vera.get((await _post(vera, wrong)).headers["location"])).text
    assert "a pas la forme d’un NUMEN" in page
    assert "Corrigez la cellule à la source" in page
    assert 'data-label="Lignes">4<' in page
    assert "18E12" not in page


async def test_an_upload_can_be_abandoned_by_who_made_it(roll: RollConsole) -> None:
    """The file is deleted at once."""
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        page = (await _post(vera)).headers["location"]
        assert (await _act(vera, page, "abandonner")).status_code == 303
        assert "Abandonné" in (await vera.get(page)).text
    assert await rows(roll.database, roll_pieces) == []
    assert await rows(roll.database, electors) == []


@pytest.mark.parametrize(
    ("changed", "content", "status", "sentence"),
    [
        ({"csrf": "0" * 64}, _ROLL, 403, "Rien n’a été pris en compte"),
        ({"kind": "replace"}, _ROLL, 422, "Choisissez le fichier"),
        ({}, b"", 422, "Choisissez le fichier"),
        ({}, b"x" * 2001, 413, "plus de"),
        ({"kind": "x" * 5000}, _ROLL, 422, "pas arrivé en entier"),
    ],
    ids=["token", "kind", "no file", "too large", "long field"],
)
async def test_what_cannot_be_taken_leaves_nothing(
    roll: RollConsole,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    content: bytes,
    status: int,
    sentence: str,
) -> None:
    """The page says why, in French."""
    monkeypatch.setattr("activities.roll_uploads.uploads.MOST_BYTES", 2000)
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        answer = await _post(vera, content, **changed)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert await roll.app.services.roll_uploads.recent() == []
    assert await rows(roll.database, roll_pieces) == []


async def test_a_body_that_ends_early_or_is_no_form_leaves_nothing(roll: RollConsole) -> None:
    """As when a connection breaks behind a proxy that does not say so."""
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        csrf = csrf_of((await vera.get(_SOME_PAGE)).text)
        whole = vera.build_request(
            "POST", _UPLOAD, data={"csrf": csrf, "kind": "add"}, files={"fichier": ("liste.csv", _ROLL)}
        )
        body = await whole.aread()
        kind = {"content-type": whole.headers["content-type"]}
        for content in (body[:-10], body[:400], body[:100], b"", b"\xff" * 300):
            assert (await vera.post(_UPLOAD, content=content, headers=kind)).status_code in {403, 422}
        assert (await vera.post(_UPLOAD, data={"csrf": csrf, "kind": "add"})).status_code == 422
    assert await roll.app.services.roll_uploads.recent() == []


async def test_a_file_is_judged_later_when_temporal_was_away(
    roll: RollConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored, and who has uploaded it has it read again; nobody else can."""

    async def away(*_: object, **__: object) -> None:
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(SECOND_ADMINISTRATION) as nour:
        with monkeypatch.context() as outage:
            outage.setattr(roll.temporal, "start_workflow", away)
            answer = await _post(vera)
        assert (answer.status_code, "Temporal ne répond pas" in answer.text) == (409, True)
        [upload] = await roll.app.services.roll_uploads.recent()
        assert upload.state is UploadState.RECEIVED
        assert (await _act(nour, f"{_UPLOAD}/{upload.id}", "lire")).status_code == 409
        assert (await _act(vera, f"{_UPLOAD}/{upload.id}", "lire")).status_code == 303
        assert "À confirmer" in (await vera.get(f"{_UPLOAD}/{upload.id}/etat")).text


async def test_an_upload_without_a_worker_says_since_when_it_waits(
    roll: RollConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part of its page that renews itself has what the person who looks may decide, then and when the file is judged."""

    async def no_worker(*_: object, **__: object) -> None:
        return None

    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(SECOND_ADMINISTRATION) as nour:
        with monkeypatch.context() as away:
            away.setattr(roll.temporal, "start_workflow", no_worker)
            page = (await _post(vera)).headers["location"]
        waiting = (await vera.get(f"{page}/etat")).text
        assert "En attente d’un worker" in waiting
        assert "Aucun worker d’import n’est en marche. Ce qui a été commandé" in waiting
        assert f'action="{page}/lire"' in waiting
        assert f'href="{page}/abandonner"' in waiting
        await roll.app.services.heartbeat.beat([ROLL])
        assert "Lecture en cours" in (await vera.get(page)).text
        await _act(vera, page, "lire")
        assert f'action="{page}/confirmer"' in (await nour.get(f"{page}/etat")).text
        assert "data-final" not in (await nour.get(page)).text
        await _act(nour, page, "confirmer")
        assert "data-final" in (await vera.get(f"{page}/etat")).text


async def test_abandoning_says_first_that_the_file_is_deleted(roll: RollConsole) -> None:
    """« Ne rien faire » leads back, and nothing has happened; an upload that waits no more has nothing to abandon."""
    async with roll.app.signed_in(ADMINISTRATION) as vera:
        page = (await _post(vera)).headers["location"]
        asked = await vera.get(f"{page}/abandonner")
        assert "Le fichier déposé est effacé." in asked.text
        assert (f'href="{page}"' in asked.text, f'action="{page}/abandonner"' in asked.text) == (True, True)
        [upload] = await roll.app.services.roll_uploads.recent()
        assert upload.state is UploadState.CHECKED
        assert (await _act(vera, page, "abandonner")).status_code == 303
        assert (await vera.get(f"{page}/abandonner")).status_code == 409


@pytest.mark.parametrize("login", [ASSISTANCE, OPERATEUR])
async def test_other_roles_see_nothing_of_it(roll: RollConsole, login: str) -> None:
    """Neither in the menu, nor by its addresses; no upload of theirs is stored."""
    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(login) as browser:
        page = (await _post(vera)).headers["location"]
        assert "Liste électorale" not in (await browser.get(_SOME_PAGE)).text
        for address in (_PAGE, page, f"{page}/etat", f"{page}/abandonner"):
            assert (await browser.get(address)).status_code == 403
        for act in ("confirmer", "abandonner", "lire"):
            assert (await _act(browser, page, act)).status_code == 403
        assert (await _post(browser)).status_code == 403
    assert len(await roll.app.services.roll_uploads.recent()) == 1


async def test_the_bureau_reads_and_does_not_act(roll: RollConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was uploaded, found and imported; its pages have no form for it."""
    bureau = DemoOperator("b.faure", "Basile Faure", "bureau")
    monkeypatch.setattr("demo.state.operators.OPERATORS", (*operators.OPERATORS, bureau))
    async with roll.app.signed_in(ADMINISTRATION) as vera, roll.app.signed_in(bureau.login) as browser:
        page = (await _post(vera)).headers["location"]
        for address in (_PAGE, page, f"{page}/etat"):
            shown = await browser.get(address)
            assert (shown.status_code, 'action="/exploitation/liste/fichiers' in shown.text) == (200, False)
        for act in ("confirmer", "abandonner", "lire"):
            assert (await _act(browser, page, act)).status_code == 403
        assert (await _post(browser)).status_code == 403
    assert len(await roll.app.services.roll_uploads.recent()) == 1


async def test_the_administration_reads_what_was_imported(roll: RollConsole) -> None:
    """By whom, when, how many electors, and whether a file is one of them."""
    services = roll.app.services
    async with services.database.writing() as connection:
        for counts in ({"added": 1000, "updated": 0, "refused": 2}, {"added": 12, "updated": 3, "refused": 0}):
            await services.journal.record(
                connection, Order("m.durand", _HASH).entry(Event.OPERATOR_IMPORTED_ROLL, counts)
            )
    async with roll.app.signed_in(ADMINISTRATION) as browser:
        page = await browser.get(_PAGE, params={"empreinte": f" {_HASH.upper()} "})
        other = await browser.get(_PAGE, params={"empreinte": _OTHER})
        assert (await browser.get(f"{_UPLOAD}/{'0' * 32}")).status_code == 404
    assert page.status_code == other.status_code == 200
    assert page.text.count("ajoutés\u00a0: 1012, mis à jour\u00a0: 3") == 2
    assert "Aucun import de ce fichier" in other.text
    assert "Aucun import de ce fichier" not in page.text
    assert "Aucun worker d’import n’est en marche" in page.text
