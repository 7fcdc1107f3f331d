"""Where a sign-in leads: to one of our own pages, whose name is sealed in the addresses and forms of the sign-in.

No other text leads anywhere, so no address leads to another site, and none holds anything personal.
"""

from dataclasses import dataclass
from hmac import compare_digest

from fastapi import Request
from starlette.responses import Response

from election.procedures import Procedure
from election.text.translation import N_
from election.text.translation import gettext as _
from web.context.app_context import AppContext
from web.context.cookies import DESTINATION
from web.presenters import follow_up
from web.presenters.procedures import voting_code

# In addresses and forms.
FIELD = "vers"
_SIGN_IN = "/connexion"
_SEAL_LENGTH = 32  # hexadecimal characters
_NEW_CODE = N_("obtenir un nouveau code de vote")
# By name: the page, what the voter wants there, and the procedure without which there is no such page.
_KNOWN: dict[str, tuple[str, str, Procedure | None]] = {
    "vote": ("/vote", N_("voter"), None),
    "code": (voting_code.RECORD.url, _NEW_CODE, Procedure.VOTING_CODE),
    "question": (voting_code.CHALLENGE_URL, _NEW_CODE, Procedure.VOTING_CODE),
    "suivi": (follow_up.URL, N_("suivre votre demande"), None),
    "reassorts": ("/portail/reassorts", N_("relire vos demandes"), None),
}
# Which of them stands for the pages at and below a path.
_NAMES = {path: name for name, (path, *_rest) in _KNOWN.items()} | {
    "/espace-de-vote": "vote",
    "/franceconnect": "code",
}


@dataclass(frozen=True)
class Destination:
    """A page that a sign-in may lead to; `purpose` ends the sentence « Connectez-vous pour… »."""

    path: str
    purpose: str
    sealed: str


def opened(app: AppContext, text: str) -> Destination | None:
    """Return the destination that was sealed, or None for any other text."""
    given = text.encode(errors="replace")
    return next((each for each in _offered(app).values() if compare_digest(each.sealed.encode(), given)), None)


def going_to(app: AppContext, request: Request) -> Destination | None:
    """Return the page that a request asks for, or that the sign-in leads to of which it is a step; None for the portal."""
    path: str = request.scope["path"]  # `request.url` fails on a query that is not UTF-8
    if path.startswith(_SIGN_IN):
        typed: dict[str, str] = getattr(request.state, "shown_again", {})
        return opened(app, typed.get(FIELD) or request.query_params.get(FIELD, ""))
    above = [known for known in _NAMES if f"{path}/".startswith(f"{known}/")]
    return _offered(app).get(_NAMES[max(above, key=len)]) if above else None


def with_destination(url: str, destination: Destination | None) -> str:
    """Return the address of a step of the sign-in, which leads to a destination or else to the portal."""
    return f"{url}?{FIELD}={destination.sealed}" if destination else url


def keep_destination(response: Response, app: AppContext, destination: Destination | None) -> None:
    """Let the browser keep where it was going, for the sign-in after it has followed the link of a forgotten password."""
    if destination:
        DESTINATION.set(response, app, destination.sealed)


def kept_destination(request: Request, app: AppContext) -> Destination | None:
    """Return where this browser was going before it followed such a link, or None."""
    return opened(app, DESTINATION.read(request, app))


def _offered(app: AppContext) -> dict[str, Destination]:
    """Return the destinations that the election has, by name."""
    return {
        name: Destination(path, _(purpose), f"{name}.{app.form_tokens.make('destination', name)[:_SEAL_LENGTH]}")
        for name, (path, purpose, procedure) in _KNOWN.items()
        if procedure is None or procedure in app.election.procedures
    }
