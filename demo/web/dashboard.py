"""The demo's desk: each fictional person's phone and mailboxes, the gateways' modes, CAPTCHA answers."""

import re
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox, ReceivedMessage
from demo.state.people import Person, people
from web.context.app_context import CurrentApp

_LINK = re.compile(r"https?://[^\s<>\"]+")
_CHOICES = {
    "ok": "tout va bien",
    "refuse": "refus définitif",
    "down": "pas de connexion",
    "late:90": "90 secondes de retard",
}


@dataclass(frozen=True)
class _Box:
    """A phone or a mailbox, and what it has received, newest first."""

    label: str
    address: str
    messages: list[ReceivedMessage]


def desk_router(inbox: Inbox, modes: GatewayModes, templates: Environment) -> APIRouter:
    """Return the routes under `/demo`, which exist nowhere but here."""
    router = APIRouter(prefix="/demo")

    @router.get("")
    async def desk(door: CurrentApp) -> HTMLResponse:
        """Return the desk: everyone's phone and mailboxes, as they are now."""
        everyone = [(person, _boxes(person, inbox)) for person in people()]
        elsewhere = inbox.elsewhere([box.address for _, boxes in everyone for box in boxes])
        lists = [elsewhere, *(box.messages for _, boxes in everyone for box in boxes)]
        newest = max((messages[0].id for messages in lists if messages), default=0)
        page = templates.get_template("desk.html")
        html = page.render(
            everyone=everyone,
            elsewhere=elsewhere,
            newest=newest,
            modes=modes.read(),
            choices=_CHOICES,
            linked=linked,
            zone=door.election.zone,
        )
        return HTMLResponse(html)

    @router.get("/people.json")
    async def known() -> JSONResponse:
        """Return the fictional people, with all that they know."""
        return JSONResponse([person.public() for person in people()])

    @router.get("/messages.json")
    async def messages(since: Annotated[int, Query(ge=0, le=2**62)] = 0) -> JSONResponse:
        """Return what phones and mailboxes received after a message, oldest first."""
        return JSONResponse([_told(message) for message in inbox.since(since, 1000)])

    @router.get("/captcha.json", responses={404: {"description": "Used or too old", "content": {"text/html": {}}}})
    async def captcha(id: str, door: CurrentApp) -> JSONResponse:  # noqa: A002 - the contract's own name
        """Return the answer of a CAPTCHA, for programs that try the demo."""
        answer = await door.services.captchas.answer(id)
        if answer is None:
            raise HTTPException(404)
        return JSONResponse({"answer": answer})

    @router.post("/gateways")
    async def behave(request: Request) -> Response:
        """Let the gateways behave otherwise: JSON or the desk's form, `sms` and `email`."""
        is_form = "json" not in request.headers.get("content-type", "")
        try:
            wanted = dict(await request.form()) if is_form else await request.json()
            if not isinstance(wanted, dict):
                raise TypeError("an object is needed, with sms, email or both")  # noqa: TRY301 - answered below
            chosen = {name: str(wanted[name]) for name in ("sms", "email") if name in wanted}
            now = modes.write(sms=chosen.get("sms"), email=chosen.get("email"))
        except (ValueError, TypeError, RecursionError) as error:
            return JSONResponse({"detail": str(error)}, 422)
        return RedirectResponse("/demo", 303) if is_form else JSONResponse(asdict(now))

    return router


def desk_templates(directory: str) -> Environment:
    """Return the desk's templates."""
    return Environment(loader=FileSystemLoader(directory), autoescape=True, undefined=StrictUndefined)


def linked(text: str) -> Markup:
    """Return a message's text with its links to click on."""
    parts = (f'<a href="{escape(link)}">{escape(link)}</a>' for link in _LINK.findall(text))
    pieces = _LINK.split(text)
    woven = [escape(pieces[0])]
    for link, piece in zip(parts, pieces[1:], strict=True):
        woven += [Markup(link), escape(piece)]  # noqa: S704 - both are escaped above
    return Markup("").join(woven)


def _boxes(person: Person, inbox: Inbox) -> list[_Box]:
    places = (
        ("Téléphone", person.phone),
        ("Messagerie personnelle", person.personal_email),
        ("Messagerie professionnelle", person.work_email),
    )
    return [_Box(label, address, inbox.of(address)[::-1]) for label, address in places]


def _told(message: ReceivedMessage) -> dict[str, object]:
    return {**asdict(message), "at": message.at.isoformat()}
