"""What the door knows of a one-time link, whichever procedure it is of."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from activities.recoveries.links import LinkPlace
from election.procedures import Procedure, procedure_of
from election.verdicts import LinkVerdict
from web.context.app_context import AppContext
from web.context.browser_session import CsrfError
from web.forms import submitted_form
from web.forms.submitted_form import Form
from web.presenters.link_sentences import told_of
from web.presenters.recovery_catalogue import RECOVERY_CATALOGUE

_UNKNOWN = ("Revenir à l’accueil", "/")


@dataclass(frozen=True)
class LinkRequest:
    """A browser at a link that was made once, dead or alive."""

    request: Request
    token: str
    app: AppContext
    place: LinkPlace

    @property
    def url(self) -> str:
        """The address of the link's page."""
        return f"/lien/{self.token}"

    @property
    def csrf(self) -> str:
        """The hidden field of the link's forms."""
        return self.app.tokens.make(self.place.link_id)

    async def form(self) -> Form:
        """Return the form that was sent from the link's page.

        Raises:
            CsrfError: the hidden field is missing, or of another link.
        """
        form = await submitted_form.read(self.request)
        if not self.app.tokens.check(self.place.link_id, form["csrf"]):
            raise CsrfError
        return form

    def dead(self, verdict: LinkVerdict, *actions: tuple[str, str]) -> HTMLResponse:
        """Return why this link does nothing any more, and what to do next."""
        procedure = procedure_of(self.place.workflow_id)
        title, *paragraphs = told_of(procedure, verdict)
        again = ("Faire une nouvelle demande", RECOVERY_CATALOGUE[procedure].url)
        return self.app.pages.message(410, title, paragraphs, [*actions, again])


class LinkPages(Protocol):
    """A procedure's module of link pages."""

    async def show(self, link_request: LinkRequest) -> Response:
        """Return the page of a link; it changes nothing, since mail scanners open links."""

    async def submit(self, link_request: LinkRequest) -> Response:
        """Act on the form of that page."""


async def find_link(request: Request, token: str, app: AppContext) -> LinkRequest | None:
    """Return the visit to a link, or None when no such link was ever made."""
    place = await app.services.links.find(token)
    return LinkRequest(request, token, app, place) if place else None


def unknown(app: AppContext) -> HTMLResponse:
    """Return that no such link was ever made."""
    title, *paragraphs = told_of(Procedure.VOTING_CODE, LinkVerdict.UNKNOWN)
    return app.pages.message(404, title, paragraphs, [_UNKNOWN])
