"""A new identifier by SMS (2018): signed in, or from « Identifiant électeur oublié ? »."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.sending import contacts
from activities.sending.contacts import Contact
from election.contacts import mask_email, mask_phone
from election.procedures import Procedure
from election.proofs import birth_dates, numen
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.identifier import IdentifierRequest
from web.context.browser_session import FOLLOWED, SESSION, BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha, spend_captcha
from web.forms.submitted_form import Form
from web.presenters import calendar, sentences
from web.presenters.follow_up_identifier import delay_sentence

router = APIRouter(prefix="/reassort/identifiant")


@router.get("")
async def ask(browser: CurrentBrowser) -> Response:
    """Return the form; the work address that will be told is shown, masked, to who has signed in alone."""
    return _page(browser, Form())


@router.post("")
async def take(request: Request, browser: CurrentBrowser) -> Response:
    """Take a request: an elector who has signed in follows it, anybody else reads the same in the same time."""
    form = await submitted_form.read(request)
    session = browser.check(form["csrf"])
    if form["action"] == "captcha" or _closed(browser):
        return _page(browser, Form(form.typed))
    wanted = _request_of(form)
    await spend_captcha(browser.app, session, form)
    if wanted is None or not form.is_right:
        return _page(browser, form, 422)
    if browser.elector is None:
        await browser.app.identifier_client.submit_anonymously(wanted)
        return await _taken(browser)
    answer = await browser.app.identifier_client.submit(browser.elector.id, wanted)
    if answer.verdict is Verdict.TAKEN:
        follow = RedirectResponse("/reassort/suivi", 303)
        FOLLOWED.give(follow, browser.app, Procedure.IDENTIFIER)
        return follow
    form.sentence = sentences.identifier_refusal(answer.verdict, answer.until, browser.app.election.zone)
    too_many = answer.verdict in {Verdict.PAUSED, Verdict.TOO_MANY_REQUESTS}
    return _page(browser, form, 429 if too_many else 422)


def _request_of(form: Form) -> IdentifierRequest | None:
    """Return the request of a form, or note what is wrong with it."""
    phone = contacts.mobile(form["phone"])
    form.require("phone", "Indiquez le numéro de mobile où recevoir le SMS.")
    if not isinstance(phone, Contact) and form["phone"].strip():
        form.errors.setdefault("phone", sentences.CONTACTS[phone])
    form.require("numen", "Indiquez votre NUMEN.")
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", "Un NUMEN compte 13 caractères, comme 12A3456789BCD.")
    form.require("birth_date", "Indiquez votre date de naissance.")
    born = birth_dates.normalise(form["birth_date"])
    if born is None:
        form.errors.setdefault("birth_date", "Écrivez la date ainsi\u00a0: 02/05/1985.")
    if form.errors or not isinstance(phone, Contact):
        return None
    return IdentifierRequest(
        form["form_key"], form["numen"], form["birth_date"], phone.value, mask_phone(phone.value)
    )


async def _taken(browser: BrowserSession) -> Response:
    delay = await browser.app.services.ledger.typical_delay(Channel.SMS)
    return browser.app.pages.page("identifier_taken.html", delay=delay_sentence(delay), **browser.page_context)


def _page(browser: BrowserSession, form: Form, status: int = 200) -> HTMLResponse:
    app, cookie, session = browser.app, None, browser.session
    if session is None:
        cookie, session = app.services.sessions.nobody()
        browser = BrowserSession(app, session, None)
    page = app.pages.page(
        "identifier.html",
        status,
        form=form,
        form_key=secrets.token_hex(16),
        captcha=new_captcha(app, session),
        closed=_closed(browser),
        told=mask_email(browser.elector.work_email) if browser.elector else None,
        most=app.election.identifier_recovery.requests,
        **browser.page_context,
    )
    if cookie:
        SESSION.give(page, app, cookie)
    return page


def _closed(browser: BrowserSession) -> str | None:
    return calendar.closed(browser.app.election, Procedure.IDENTIFIER, browser.app.now())
