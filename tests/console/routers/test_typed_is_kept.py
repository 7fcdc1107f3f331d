"""What somebody has typed in a form of the console is on the page that says why the order was not carried out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import httpx2
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from sqlalchemy import insert, update
from temporalio.client import Client

from activities.acts.bulk_order import ActState, BulkKind
from activities.config.clock import utc_now
from activities.outbox.rows import State
from activities.roll_import.lines import Column
from activities.roll_uploads.elector_change import ElectorChange, sealable
from activities.roll_uploads.orders import UploadKind, UploadState
from activities.roll_uploads.uploads import Uploader
from activities.routing.states import GatewayStates, NewGateway
from activities.store.act_tables import bulk_acts
from activities.store.database import Database
from activities.store.mailing_tables import outbox
from activities.store.operator_table import roll_uploads
from activities.store.tables import electors
from console import routers
from console.context.operator import SESSION
from console.context.pages import HOME
from election.procedures import Procedure
from election.stages import Channel, Stage
from tests.console.routers.conftest import Console
from tests.support.console_app import build_console_app, console_settings
from tests.support.elector_row import elector_row
from tests.support.held_recoveries import Send, add_sends
from tests.support.web_app import open_election
from workflows.runtime.connection import connect

_HELD, _ENDED = Send("sms:smpp-timeout", 1), Send("", 2, stage=Stage.CANCELLED)
_SENT = Send("", 3, stage=Stage.SENDING, is_accepted=True)
_IDENTIFIER = Send("sms:smpp-timeout", 4, Procedure.IDENTIFIER)
_REASON, _RATE = "panne <finie>", "7,5"
_RUNS, _OVER, _UNKNOWN = "a" * 32, "b" * 32, "c" * 32
_ELECTOR = {"work_email": "a.b@ac-lyon.fr", "new_email": "c.d@ac-lyon.fr", "used_name": "Né <e>"}
# Uploads: one waits for a second person, of the other somebody has decided.
_WAITS, _DECIDED = "{waits}", "{decided}"


@dataclass(frozen=True)
class Form:
    """A form as a browser sends it: what somebody has `typed`, and its `hidden` fields."""

    path: str
    typed: Mapping[str, str]
    hidden: Mapping[str, str | list[str]] = field(default_factory=dict)


def _on_recovery(send: Send, act: str, **typed: str) -> Form:
    return Form(f"{HOME}/reassorts/{send.workflow_id}/actes/{act}", typed)


_BY_OTHER = {"cause": _HELD.fault, "choix": "autre-passerelle"}
_SHIFT = {"reason": _REASON, "priority": "37"}
# By their route. Of each, where it can be sent too late too: somebody else was faster.
_FORMS = {
    "/reassorts/{workflow_id}/actes/{act}": [
        _on_recovery(_HELD, "annuler", reason=_REASON),
        _on_recovery(_HELD, "debloquer-la-connexion", reason=_REASON),
        _on_recovery(_HELD, "autre-passerelle", gateway="brevo"),
        _on_recovery(_IDENTIFIER, "rendre-une-demande", reason=_REASON),
        _on_recovery(_SENT, "prolonger", reason=_REASON, hours="1"),
        _on_recovery(_ENDED, "annuler", reason=_REASON),
        _on_recovery(_ENDED, "autre-passerelle", gateway="brevo"),
        _on_recovery(_ENDED, "prolonger", reason=_REASON, hours="12"),
    ],
    "/echecs/relancer": [
        Form("/echecs/relancer", {"reason": _REASON, "rate": _RATE}, {"cause": _HELD.fault}),
        Form("/echecs/relancer", {"reason": _REASON, "rate": _RATE, "gateway": "brevo"}, _BY_OTHER),
        Form("/echecs/relancer", {"reason": _REASON, "rate": _RATE}, {"cause": "sms:smpp-busy"}),
        Form("/echecs/relancer", {"reason": _REASON, "gateway": "brevo"}, {"cause": "sms:smpp-busy"}),
    ],
    "/echecs/annuler": [
        Form("/echecs/annuler", {"reason": _REASON, "rate": _RATE}, {"cause": _HELD.fault}),
        Form("/echecs/annuler", {"reason": _REASON, "rate": _RATE}, {"ids": _ENDED.workflow_id}),
    ],
    "/actes/{act_id}/{button}": [
        Form(f"/actes/{act}/debit", {"rate": rate}) for act in (_RUNS, _OVER, _UNKNOWN) for rate in (_RATE, "vite")
    ],
    "/envois": [
        Form("/envois", {"name": "envoi-7", "rate": _RATE}, {"confirmed": "oui"}),
        Form("/envois", {"name": "Envoi <7>", "rate": "vite"}),
    ],
    "/envois/{name}/renvoyer": [
        Form(f"/envois/{name}/renvoyer", {"rate": rate}, {"cause": cause})
        for name, cause in (("envoi-1", "smtp-550"), ("envoi-1", "smtp-451"), ("envoi-9", "smtp-550"))
        for rate in (_RATE, "vite")
    ],
    "/envois/{name}/{button}": [
        Form(f"/envois/{name}/debit", {"rate": rate})
        for name in ("envoi-1", "envoi-9")
        for rate in (_RATE, "vite")
    ],
    "/passerelles/{name}": [
        Form("/passerelles/brevo", _SHIFT, {"act": "shift", "confirmed": "oui"}),
        Form("/passerelles/brevo", {"reason": _REASON}, {"act": "suspend", "confirmed": "oui"}),
        Form("/passerelles/brevo", {"reason": _REASON}, {"act": "resume", "confirmed": "oui"}),
        Form("/passerelles/autre", _SHIFT, {"act": "shift"}),
    ],
    # What is to change is sealed and kept.
    "/liste/electeurs/modifier": [Form("/liste/electeurs/modifier", {"reason": _REASON}, _ELECTOR)],
    "/liste/electeurs/{upload_id}/confirmer": [
        Form(f"/liste/electeurs/{upload}/confirmer", _ELECTOR) for upload in (_WAITS, _DECIDED)
    ],
}
# In these nobody types anything; a browser does not send a chosen file again.
_BUTTONS = {
    "/deconnexion",
    "/session.json",
    "/echecs/confirmer",
    "/liste/fichiers",
    *(f"/liste/fichiers/{{upload_id}}/{button}" for button in ("lire", "confirmer", "abandonner")),
}


@pytest_asyncio.fixture(scope="module", autouse=True)
async def uploads(console: Console) -> dict[str, str]:
    """The ids of two changes of an elector by another administrator; all else that the forms are about is there too."""
    sent = replace(_SENT, dies_at=utc_now() + timedelta(minutes=30))
    await add_sends(console.database, _HELD, _ENDED, sent, _IDENTIFIER)
    states = GatewayStates(console.database, console.services.journal, utc_now)
    configured = [NewGateway("smpp", Channel.SMS, 100), NewGateway("brevo", Channel.SMS, 0, is_suspended=True)]
    await states.register(configured)
    by = Uploader("Nour Roussel (n.roussel)", "n.roussel")
    found = {}
    for name, state in ((_WAITS, UploadState.CHECKED), (_DECIDED, UploadState.IMPORTED)):
        upload = await console.services.roll_uploads.store(by, UploadKind.CHANGE, _sealed(), "mariage")
        found[name] = upload.id
        async with console.database.writing() as connection:
            stored = update(roll_uploads).where(roll_uploads.c.id == upload.id)
            await connection.execute(stored.values(state=state))
    async with console.database.writing() as connection:
        await connection.execute(insert(electors), [elector_row(1)])
        await connection.execute(insert(outbox), [_failed_mail()])
        acts = ((_RUNS, ActState.RUNNING), (_OVER, ActState.DONE))
        await connection.execute(insert(bulk_acts), [_act(*each) for each in acts])
    return found


async def _sealed() -> AsyncIterator[bytes]:
    yield sealable(ElectorChange(_ELECTOR["work_email"], {Column.WORK_EMAIL: _ELECTOR["new_email"]}))


def _failed_mail() -> dict[str, object]:
    of = {"elector_id": f"{1:032d}", "mailing": "envoi-1", "link_id": "link-1", "domain": "ac-lyon.fr"}
    return {**of, "state": State.FAILED, "cause": "smtp-550", "changed_at": utc_now()}


def _act(act_id: str, state: ActState) -> dict[str, object]:
    texts = {"cause": _HELD.fault, "channel": "", "procedure": "", "gateway": "", "operator": "o", "reason": "r"}
    counts = {"total": 10, "sent": 1, "failed": 0, "skipped": 0}
    done = {"id": act_id, "kind": BulkKind.RETRY, "state": state, "rate": 20.0, "is_verified": True}
    return {**texts, **counts, **done, **dict.fromkeys(("held_until", "created_at", "changed_at"), utc_now())}


def test_every_form_of_the_console_is_here() -> None:
    """A further one is added to those that follow."""
    modules = (import_module(f"{routers.__name__}.{each.name}") for each in iter_modules(routers.__path__))
    found = {
        route.path_format.removeprefix(HOME).replace(":path", "")
        for module in modules
        for route in module.router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    }
    assert found == _FORMS.keys() | _BUTTONS


def _all_forms() -> list[Form]:
    return [form for forms in _FORMS.values() for form in forms]


async def _send(browser: httpx2.AsyncClient, csrf: str, form: Form, uploads: Mapping[str, str]) -> httpx2.Response:
    path = form.path
    for name, upload_id in uploads.items():
        path = path.replace(name, upload_id)
    return await browser.post(f"{HOME}{path.removeprefix(HOME)}", data={"csrf": csrf, **form.hidden, **form.typed})


def _lost(form: Form, answer: httpx2.Response) -> list[object]:
    """Return what was typed, and the page does not have; the part of the page before its content is no answer."""
    content = unescape(answer.text.partition("<main")[2])
    return [(form.path, form.hidden, name) for name, text in form.typed.items() if not _shows(content, name, text)]


def _shows(content: str, name: str, text: str) -> bool:
    spaced = " ".join(content.split())
    chosen = " selected" if name in {"gateway", "hours"} else ""
    return f'value="{text}"{chosen}' in spaced or f"<dd> {text} </dd>" in spaced


async def test_what_was_typed_is_shown_again_while_temporal_is_away(
    console: Console, uploads: Mapping[str, str]
) -> None:
    """As is what comes too late: the recovery has ended, the failures are retried, the gateway is suspended already."""
    lost, statuses = [], set()
    for form in _all_forms():
        answer = await _send(console.administrator.http, console.administrator.csrf, form, uploads)
        statuses.add(answer.status_code)
        lost += _lost(form, answer)
    assert lost == []
    assert statuses == {409, 422, 503}


async def test_what_was_typed_is_shown_again_while_the_database_is_away(
    tmp_path: Path, uploads: Mapping[str, str]
) -> None:
    """Nothing of a form is read then: the page that says so has its fields."""
    away = Database("postgresql+psycopg://console@127.0.0.1:9/reassort")
    app = build_console_app(
        console_settings("postgresql+psycopg:///unused"),
        open_election(tmp_path),
        away,
        await connect(lazy=True),
        tmp_path,
    )
    lost = []
    async with app.browser() as browser:
        browser.cookies.set(SESSION._full_name(app.context), "x" * 43, browser.base_url.host, HOME)
        for form in _all_forms():
            answer = await _send(browser, "x" * 64, form, uploads)
            assert answer.status_code == 503
            lost += _lost(form, answer)
    await away.close()
    assert lost == []


async def test_what_was_typed_is_shown_again_after_a_fault_of_the_console(
    console: Console, uploads: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body of the form was read by then."""

    def fails(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(Client, "start_workflow", fails)
    monkeypatch.setattr(console.administrator.http._transport, "raise_app_exceptions", False)
    form = _on_recovery(_HELD, "debloquer-la-connexion", reason=_REASON)
    answer = await _send(console.administrator.http, console.administrator.csrf, form, uploads)
    assert (answer.status_code, _lost(form, answer)) == (500, [])
