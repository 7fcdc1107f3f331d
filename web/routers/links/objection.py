"""The link of a notice to the work mailbox: GET explains, POST pauses the elector's recoveries."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from activities.objections.links import ObjectionLink
from activities.texts.dates import written_instant
from election.procedures import procedure_of, reference_of
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict
from web.context.app_context import AppContext, CurrentApp
from web.context.buttons import HOME, SUPPORT, shown
from web.forms import submitted_form
from web.presenters import objection
from web.presenters.procedures.catalogue import CATALOGUE
from web.routers.links.link_request import unknown_page

router = APIRouter(prefix="/opposition/{token}")


@router.get("")
async def explain(token: str, app: CurrentApp) -> HTMLResponse:
    """Return what the button does; this changes nothing, since mail scanners open links."""
    link = await app.services.objection_links.find(token)
    if link is None:
        return unknown_page(app)
    if link.verdict is not LinkVerdict.LIVE:
        return _unusable_page(app, link.verdict)
    return app.pages.page(
        "objection.html",
        label=_(CATALOGUE[procedure_of(link.workflow_id)].label),
        told_at=written_instant(link.told_at, app.election.zone),
        csrf=app.form_tokens.make(link.notice_id),
    )


@router.post("")
async def submit(request: Request, token: str, app: CurrentApp) -> HTMLResponse:
    """Pause the recoveries of the elector whom the notice was sent to."""
    link = await app.services.objection_links.find(token)
    if link is None:
        return unknown_page(app)
    form = await submitted_form.read(request)
    app.form_tokens.require(form["csrf"], link.notice_id)
    verdict = await app.objection_client.make(link)
    return _made_page(app, link) if verdict is LinkVerdict.LIVE else _unusable_page(app, verdict)


def _made_page(app: AppContext, link: ObjectionLink) -> HTMLResponse:
    return app.pages.page("objection_made.html", reference=reference_of(link.elector_id))


def _unusable_page(app: AppContext, verdict: LinkVerdict) -> HTMLResponse:
    text = objection.unusable(verdict, app.election)
    actions = [shown(SUPPORT), shown(HOME)]
    return app.pages.message(410, text.title, [text.reason, text.advice], actions)
