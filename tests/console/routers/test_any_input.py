"""Whatever is sent to the console, it answers with a page: no text or date in an address or a form makes it fail."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from urllib.parse import quote, urlencode

import pytest_asyncio
from fastapi import APIRouter, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from console import routers
from tests.console.routers.conftest import Console
from tests.support.held_recoveries import Send, add_sends

_HELD = Send("sms:smpp-timeout", 1)
# Two hundred characters are more than any id may have, and more than most fields.
_TEXT = "é\ud800" * 200
_NO_ID = "code-de-vote/é/A45F-E11F-D6F9"
_DATES = ("9999-12-31", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59 code-de-vote/x")
_ARE_DATES = {"jour", "after", "held_until"}
# What stands in the other fields, so that the odd one is read.
_IN_ADDRESS = {"workflow_id": _HELD.workflow_id, "act": "annuler", "name": "envoi-1", "button": "debit"}
_IN_FORM = {
    "act": "shift",
    "reason": "essai",
    "rate": "10",
    "name": "envoi-1",
    "priority": "50",
    "cause": _HELD.fault,
    "choix": "relancer",
    "work_email": "a@ac-demo.fr",
    "new_email": "b@ac-demo.fr",
}
# Of the modules whose routes read an address or a form by themselves.
_READ = {
    "journal": "evenement acteur jour reference avant",
    "sign_in": "vers state code error iss",
    "failures": "cause ids choix tout seul channel procedure filter_cause age held_until reason rate gateway",
    "roll_electors": "work_email new_email used_name birth_name first_names reason",
    "roll": "kind",
    "session_end": "csrf",
}


@dataclass(frozen=True)
class Sent:
    """A request: of a form, its fields."""

    method: str
    address: str
    fields: dict[str, str] = field(default_factory=dict)


def _all_sent() -> Iterator[Sent]:
    """Yield a request for each part of an address and each field of a form in which a text may stand."""
    for module in iter_modules(routers.__path__):
        router: APIRouter = import_module(f"{routers.__name__}.{module.name}").router
        for route in (each for each in router.routes if isinstance(each, APIRoute)):
            yield from _sent(route, module.name)


def _sent(route: APIRoute, module: str) -> Iterator[Sent]:
    dependants = list(_all(route.dependant))
    method = next(iter(route.methods or ()))
    is_form = method == "POST"
    parts = {name: _IN_ADDRESS.get(name, "0" * 32) for name in route.param_convertors}
    for name in parts:
        for odd in (_TEXT, _NO_ID, "\0"):
            yield Sent(method, _address(route, {**parts, name: odd}), _IN_FORM if is_form else {})
    address = _address(route, parts)
    names = {each.alias for of in dependants for each in (of.body_params if is_form else of.query_params)}
    if any(each.annotation is Request for each in inspect.signature(route.endpoint).parameters.values()):
        names |= set(_READ[module].split())
    for name in sorted(names):
        for odd in (_TEXT, *(_DATES if name in _ARE_DATES else () if is_form else (_NO_ID,))):
            yield _with(method, address, {name: odd})
    if names:
        yield _with(method, address, dict.fromkeys(names, "\0"))


def _with(method: str, address: str, fields: dict[str, str]) -> Sent:
    return (
        Sent(method, address, _IN_FORM | fields)
        if method == "POST"
        else Sent(method, f"{address}?{_encoded(fields)}")
    )


def _all(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _all(each)


def _address(route: APIRoute, parts: dict[str, str]) -> str:
    return route.path_format.format(**{name: quote(text, errors="surrogatepass") for name, text in parts.items()})


def _encoded(fields: dict[str, str]) -> str:
    return urlencode(fields, errors="surrogatepass")


@pytest_asyncio.fixture(scope="module", autouse=True)
async def recoveries(console: Console) -> None:
    """A failed send, which can be acted on."""
    await add_sends(console.database, _HELD)


async def test_any_text_is_answered_with_a_page(console: Console) -> None:
    """In each part of each address and each field of each form; what only Temporal could do says that it is away (503).

    A NUL, which PostgreSQL does not take, is refused everywhere.
    """
    browser, csrf = console.administrator.http, console.administrator.csrf
    answers = []
    for sent in _all_sent():
        body = _encoded({"csrf": csrf, **sent.fields}) if sent.fields else ""
        kind = {"content-type": "application/x-www-form-urlencoded"} if sent.fields else {}
        answer = await browser.request(sent.method, sent.address, content=body.encode(), headers=kind)
        answers.append((sent, answer.status_code))
        is_nul = "%00" in sent.address + body
        assert answer.status_code in ({400, 422} if is_nul else {*range(200, 500), 503}), sent
    assert len({sent.address.partition("?")[0] for sent, _ in answers}) > 50
    assert {200, 303, 404, 422, 503} <= {status for _, status in answers}
