"""What the door knows of a one-time link, whichever procedure it is of."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from activities.recoveries.links import LinkPlace
from election.procedures import Procedure, procedure_of
from election.verdicts import LinkVerdict
from web.context.app_context import Door
from web.context.browser_session import FormNotOurs
from web.forms import submitted_form
from web.forms.submitted_form import Form
from web.presenters.link_sentences import told_of
from web.presenters.recovery_catalogue import LOST

_UNKNOWN = ("Revenir à l’accueil", "/")


@dataclass(frozen=True)
class Visit:
    """A browser at a link that was made once, dead or alive."""

    request: Request
    token: str
    door: Door
    place: LinkPlace

    @property
    def url(self) -> str:
        """The address of the link's page."""
        return f"/lien/{self.token}"

    @property
    def csrf(self) -> str:
        """The hidden field of the link's forms."""
        return self.door.tokens.make(self.place.link_id)

    async def form(self) -> Form:
        """Return the form that was sent from the link's page.

        Raises:
            FormNotOurs: the hidden field is missing, or of another link.
        """
        form = await submitted_form.read(self.request)
        if not self.door.tokens.check(self.place.link_id, form["csrf"]):
            raise FormNotOurs
        return form

    def dead(self, verdict: LinkVerdict, *actions: tuple[str, str]) -> HTMLResponse:
        """Return why this link does nothing any more, and what to do next."""
        procedure = procedure_of(self.place.workflow_id)
        title, *paragraphs = told_of(procedure, verdict)
        again = ("Faire une nouvelle demande", LOST[procedure].url)
        return self.door.pages.message(410, title, paragraphs, [*actions, again])


class LinkRouter(Protocol):
    """A procedure's own pages behind its links."""

    async def look(self, visit: Visit) -> Response:
        """Return the page of a link; it changes nothing, since mail scanners open links."""

    async def press(self, visit: Visit) -> Response:
        """Act on the voter's own click."""


async def visit_of(request: Request, token: str, door: Door) -> Visit | None:
    """Return the visit to a link, or None when no such link was ever made."""
    place = await door.side.links.find(token)
    return Visit(request, token, door, place) if place else None


def unknown(door: Door) -> HTMLResponse:
    """Return that no such link was ever made."""
    title, *paragraphs = told_of(Procedure.VOTING_CODE, LinkVerdict.UNKNOWN)
    return door.pages.message(404, title, paragraphs, [_UNKNOWN])
