"""The demo's dashboard: phones and mailboxes of the fictional people, modes of the gateways, CAPTCHA answers."""

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
_MAIL_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<base target="_blank">'
)
_CHOICES = {
    "ok": "tout va bien",
    "refuse": "refus définitif",
    "down": "pas de connexion",
    "late:90": "90\u00a0secondes de retard",
}
_MAIL_CHOICES = {
    **_CHOICES,
    "bounce": "accepté, puis retourné\u00a0: boîte inconnue",
    "full": "accepté, puis retourné\u00a0: boîte pleine",
}


@dataclass(frozen=True)
class _Mailbox:
    """A phone or a mailbox with its messages, newest first."""

    label: str
    address: str
    messages: list[ReceivedMessage]


def dashboard_router(inbox: Inbox, modes: GatewayModes, templates: Environment) -> APIRouter:
    """Return the routes under `/demo`, which production does not have."""
    router = APIRouter(prefix="/demo")

    @router.get("")
    async def dashboard(app: CurrentApp) -> HTMLResponse:
        """Return the page with everyone's phone and mailboxes."""
        everyone = [(person, _mailboxes(person, inbox)) for person in people()]
        elsewhere = inbox.elsewhere([box.address for _, boxes in everyone for box in boxes])
        lists = [elsewhere, *(box.messages for _, boxes in everyone for box in boxes)]
        newest = max((messages[0].id for messages in lists if messages), default=0)
        page = templates.get_template("dashboard.html")
        html = page.render(
            everyone=everyone,
            elsewhere=elsewhere,
            newest=newest,
            modes=modes.read(),
            choices={"sms": _CHOICES, "sms2": _CHOICES, "email": _MAIL_CHOICES},
            linked=linked,
            framed={message_id: framed(html) for message_id, html in _html_of(inbox, lists).items()},
            zone=app.election.zone,
        )
        return HTMLResponse(html)

    @router.get("/people.json")
    async def fictional_people() -> JSONResponse:
        """Return the fictional people, with everything that they know."""
        return JSONResponse([person.public() for person in people()])

    @router.get("/messages.json")
    async def messages(since: Annotated[int, Query(ge=0, le=2**62)] = 0) -> JSONResponse:
        """Return the messages after the one with that id, oldest first; the `html` of an SMS is empty."""
        received = inbox.since(since, 1000)
        html = inbox.html_of(received)
        return JSONResponse([{**_fields(message), "html": html.get(message.id, "")} for message in received])

    @router.get("/captcha.json", responses={404: {"description": "Used or too old", "content": {"text/html": {}}}})
    async def captcha(id: str, app: CurrentApp) -> JSONResponse:  # noqa: A002 - the parameter's public name
        """Return the answer of a CAPTCHA, for programs that use the demo."""
        answer = await app.services.captchas.answer(id)
        if answer is None:
            raise HTTPException(404)
        return JSONResponse({"answer": answer})

    @router.post("/gateways")
    async def set_modes(request: Request) -> Response:
        """Set the modes `sms`, `sms2`, `email`, one or more, from JSON or from the dashboard's form."""
        is_form = "json" not in request.headers.get("content-type", "")
        try:
            wanted = dict(await request.form()) if is_form else await request.json()
            if not isinstance(wanted, dict):
                raise TypeError("an object is needed, with sms, sms2 or email")  # noqa: TRY301 - answered below
            chosen = {name: str(wanted[name]) for name in ("sms", "sms2", "email") if name in wanted}
            current = modes.write(**chosen)
        except (ValueError, TypeError, RecursionError) as error:
            return JSONResponse({"detail": str(error)}, 422)
        return RedirectResponse("/demo", 303) if is_form else JSONResponse(asdict(current))

    return router


def dashboard_templates(directory: str) -> Environment:
    """Return the Jinja environment of the demo's templates."""
    return Environment(loader=FileSystemLoader(directory), autoescape=True, undefined=StrictUndefined)


def linked(text: str) -> Markup:
    """Return a message's text as HTML in which URLs are links."""
    links = (f'<a href="{escape(link)}">{escape(link)}</a>' for link in _LINK.findall(text))
    texts = _LINK.split(text)
    html = [escape(texts[0])]
    for link, following in zip(links, texts[1:], strict=True):
        html += [Markup(link), escape(following)]  # noqa: S704 - the link is escaped above
    return Markup("").join(html)


def framed(html: str) -> str:
    """Return a mail's HTML for a frame of the dashboard: it loads nothing, and its links open as from a mailbox.

    The frame's sandbox keeps its scripts from running. A frame has the policy of the page around it too.
    """
    return html.replace("<head>", f"<head>{_MAIL_POLICY}", 1)


def _html_of(inbox: Inbox, lists: list[list[ReceivedMessage]]) -> dict[int, str]:
    return inbox.html_of([message for messages in lists for message in messages])


def _mailboxes(person: Person, inbox: Inbox) -> list[_Mailbox]:
    addresses = (
        ("Téléphone", person.phone),
        ("Messagerie personnelle", person.personal_email),
        ("Messagerie professionnelle", person.work_email),
    )
    return [_Mailbox(label, address, inbox.of(address)[::-1]) for label, address in addresses]


def _fields(message: ReceivedMessage) -> dict[str, object]:
    return {**asdict(message), "at": message.at.isoformat()}
