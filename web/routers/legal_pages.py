"""What the law asks of a public site: accessibility, legal notice, personal data, cookies."""

from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from activities.texts.dates import written_day, written_instant
from election.text.numbers import written_duration
from election.text.translation import gettext as _
from web.context.app_context import AppContext
from web.context.browser_session import CurrentBrowser
from web.context.cookies import EVERY, Cookie
from web.presenters.legal import personal_data
from web.presenters.legal.accessibility import percent, tested

router = APIRouter()


class ListedCookie(NamedTuple):
    """A cookie as the page lists it."""

    name: str
    purpose: str
    lasts: str


@router.get("/accessibilite")
async def accessibility(browser: CurrentBrowser) -> HTMLResponse:
    """Return the declaration of accessibility, in the order of the arrêté du 20 septembre 2019."""
    rules = browser.app.election.legal.accessibility
    return browser.page(
        "accessibility.html",
        declared=rules,
        established=written_day(rules.established),
        audited=written_day(rules.audit.day) if rules.audit else None,
        rate=percent(rules.audit.rate) if rules.audit else None,
        tested=tested(),
        site_url=browser.app.public_url,
    )


@router.get("/mentions-legales")
async def legal_notice(browser: CurrentBrowser) -> HTMLResponse:
    """Return who publishes and who hosts the site."""
    return browser.page("legal_notice.html")


@router.get("/donnees-personnelles")
async def personal_data_page(browser: CurrentBrowser) -> HTMLResponse:
    """Return what is kept of an elector, how long, and the rights over it."""
    election, offer = browser.app.election, browser.app.offer
    return browser.page(
        "personal_data.html",
        roll=(personal_data.ROLL_IN_CLEAR, personal_data.ROLL_HASHED),
        secrets=personal_data.own_secrets(election, offer),
        recipients=personal_data.recipients(election, offer),
        kept=personal_data.kept_data(election, offer),
        rights=personal_data.rights(election.legal.personal_data.legal_basis),
    )


@router.get("/cookies")
async def cookies(browser: CurrentBrowser) -> HTMLResponse:
    """Return every cookie that the site sets in this election."""
    app = browser.app
    return browser.page("cookies.html", cookies=[_listed(each, app) for each in EVERY if each.is_used(app)])


def _listed(cookie: Cookie, app: AppContext) -> ListedCookie:
    return ListedCookie(cookie.full_name(app), _(cookie.purpose), _lasts(cookie, app))


def _lasts(cookie: Cookie, app: AppContext) -> str:
    lasts = cookie.lasts(app.election) if cookie.lasts else None
    if lasts is None:
        return _("Jusqu’à la fermeture du navigateur")
    if isinstance(lasts, datetime):
        return _("Jusqu’au {instant}").format(instant=written_instant(lasts, app.election.zone))
    return _("{duration} au plus").format(duration=written_duration(lasts))
