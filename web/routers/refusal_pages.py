"""Pages that several procedures answer with when they take no request."""

from datetime import datetime

from starlette.responses import HTMLResponse

from election.procedures import Procedure
from election.text.translation import gettext as _
from web.context.browser_session import BrowserSession
from web.context.buttons import HOME, SUPPORT, shown
from web.presenters import calendar, objection, sentences
from web.presenters.procedures.catalogue import CATALOGUE


def closed_page(browser: BrowserSession, procedure: Procedure) -> HTMLResponse | None:
    """Return the page that says when a procedure opens or that it is closed, or None while it takes requests."""
    sentence = calendar.closed_reason(browser.app.election, procedure, browser.app.now())
    if sentence is None or procedure not in browser.app.election.procedures:
        return not_offered_page(browser, procedure)
    return browser.message(200, _(CATALOGUE[procedure].title), [sentence], [shown(HOME)])


def not_offered_page(browser: BrowserSession, procedure: Procedure) -> HTMLResponse | None:
    """Return the page that says that this election does not offer a procedure, or None when it does."""
    return None if procedure in browser.app.election.procedures else absent_page(browser)


def absent_page(browser: BrowserSession) -> HTMLResponse:
    """Return the page in the place of one that this election has not; it names nothing of it."""
    sentence = calendar.not_offered_reason(browser.app.election)
    return browser.message(200, _("Démarche non proposée"), [sentence], [shown(HOME)])


async def objected_page(browser: BrowserSession, procedure: Procedure) -> HTMLResponse | None:
    """Return the page that says that the signed-in elector's recoveries are paused by an objection, or None."""
    elector = browser.elector
    if elector is None or await browser.app.services.objection_pauses.refusal(elector.id) is None:
        return None
    sentence = objection.objected(browser.app.election)
    return browser.message(200, _(CATALOGUE[procedure].title), [sentence], [shown(SUPPORT), shown(HOME)])


def too_many_requests_page(browser: BrowserSession, procedure: Procedure, until: datetime) -> HTMLResponse:
    """Return the page for too many requests with one identifier, on the roll or not."""
    sentence = sentences.paused_requests(procedure, until, browser.app.election)
    return browser.message(429, _("Trop de demandes"), [sentence], [shown(HOME)])
