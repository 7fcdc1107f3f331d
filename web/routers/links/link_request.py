"""A request to the page of a one-time link, of whichever procedure."""

from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from activities.accounts.roll import Claimant
from activities.evidence.access_trace import Access
from activities.recoveries.links import LinkRecord
from activities.texts.dates import written_instant
from activities.upkeep.heartbeat import TEMPORAL
from election.procedures import procedure_of, subject_of
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict, Verdict
from web.context.app_context import AppContext
from web.context.browser_session import network_address
from web.context.buttons import HOME, SUPPORT, shown
from web.forms import submitted_form
from web.forms.submitted_form import Form
from web.presenters import calendar
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.procedures.record import UNKNOWN_LINK
from workflows.contracts import options


@dataclass(frozen=True)
class LinkRequest:
    """A request to a link that exists, live or not; `noted` is what the voter typed to compare it with the secret, if so."""

    request: Request
    token: str
    app: AppContext
    link_record: LinkRecord
    noted: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The path of the link's page."""
        return f"/lien/{self.token}"

    @property
    def csrf(self) -> str:
        """The hidden field of the link's forms."""
        return self.app.form_tokens.make(self.link_record.link_id)

    async def verdict(self) -> LinkVerdict:
        """Return the verdict on the link, without asking its recovery."""
        return await self.app.statuses.verdict(self.link_record)

    async def until(self) -> str:
        """Return until when the link can be used, in words, or "" while that is not known."""
        instant = self.link_record.dies_at or await self.app.statuses.usable_until(self.link_record)
        return written_instant(instant, self.app.election.zone) if instant else ""

    async def is_stalled(self) -> bool:
        """Return whether the link cannot be used now: Temporal, or the workers that use it, are silent."""
        return bool(await self.app.services.heartbeat.silent([options.RECOVERIES, TEMPORAL]))

    async def form(self) -> Form:
        """Return the form that was sent from the link's page.

        Raises:
            CsrfError: the hidden field is missing, or of another link.
        """
        form = await submitted_form.read(self.request)
        self.app.form_tokens.require(form["csrf"], self.link_record.link_id)
        return form

    async def trace(self, access: Access, elector_id: str, verdict: Verdict) -> None:
        """Journal an attempt of an elector who has the link; see `AccessTrace.note`."""
        address = network_address(self.request)
        await self.app.services.access_trace.note(access, elector_id, verdict, address)

    def claimant(self, elector_id: str | None = None) -> Claimant:
        """Return the claimant that the link was sent to, of a recovery whose workflow id has the subject."""
        return Claimant(subject_of(self.link_record.workflow_id), elector_id)

    def unusable_page(self, verdict: LinkVerdict, *, is_displayed: bool = False) -> HTMLResponse:
        """Return why this link cannot be used, and what to do; `is_displayed` is whether another browser shows its secret."""
        app, procedure = self.app, procedure_of(self.link_record.workflow_id)
        record, closed = CATALOGUE[procedure], calendar.closed_reason(app.election, procedure, app.now())
        text = record.unusable_links[verdict].translated()
        advice, again_url = closed or text.advice, None if closed else record.url
        if text.onward is None:
            again = (_("Faire une nouvelle demande"), again_url) if again_url else shown(HOME)
            actions = [shown(SUPPORT) if verdict is LinkVerdict.STOPPED else again]
            return app.pages.message(410, text.title, [text.reason, advice], actions)
        said = {"title": text.title, "reason": text.reason, "advice": advice, "onward": text.onward}
        said |= {"shown_elsewhere": text.shown_elsewhere if is_displayed else ""}
        return app.pages.page("link_used.html", 410, **said, again_url=again_url)


class LinkPages(Protocol):
    """A procedure's module of link pages."""

    async def show(self, link_request: LinkRequest) -> Response:
        """Return the page of a link; it changes nothing, since mail scanners open links."""

    async def submit(self, link_request: LinkRequest) -> Response:
        """Act on the form of that page."""


async def find_link(request: Request, token: str, app: AppContext) -> LinkRequest | None:
    """Return the request with its link, or None when there is no such link; a mangled `token` is mended."""
    links = app.services.links
    found = await links.find(token)
    return LinkRequest(request, links.token(found.workflow_id, found.link_id), app, found) if found else None


def unknown_page(app: AppContext) -> HTMLResponse:
    """Return the page for a link that does not exist."""
    text = UNKNOWN_LINK.translated()
    return app.pages.message(404, text.title, [text.reason, text.advice], [shown(HOME)])
