"""A new identifier by SMS (2018), for an elector who has signed in, or has forgotten the identifier: the answers."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.contacts import mask_email
from election.procedures import Procedure
from web.context import drafts
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.form_page import form_page
from web.forms.identifier import SECRETS, answers_of
from web.forms.submitted_form import Form
from web.routers.identifier.steps import (
    SOLVED,
    URL,
    VERIFICATION_URL,
    confirmed_within,
    is_solved,
    request_counts,
    solve,
)
from web.routers.refusal_pages import closed_page, objected_page

router = APIRouter(prefix=URL)


@router.get("")
async def ask(request: Request, browser: CurrentBrowser, reprise: str = "") -> Response:
    """Return the form, with what was typed already; with `reprise`, it says that the answers are to be given again."""
    draft = drafts.IDENTIFIER.read(request, browser.app)
    form = Form({"phone": draft.get("phone", "")})
    closed = closed_page(browser, Procedure.IDENTIFIER) or await objected_page(browser, Procedure.IDENTIFIER)
    return closed or await request_page(browser, form, draft, begun_again=bool(reprise))


@router.post("")
async def submit(request: Request, browser: CurrentBrowser) -> Response:
    """Keep the answers that are right in shape, and lead to the page where they are checked, or show those that are wrong."""
    form = await submitted_form.read(request)
    session, draft = browser.require_csrf(form["csrf"]), drafts.IDENTIFIER.read(request, browser.app)
    closed = closed_page(browser, Procedure.IDENTIFIER)
    if closed:
        return closed
    answers = answers_of(form, draft, browser.app.election)
    if form.asks_for_captcha:
        page = await request_page(browser, Form(form.typed), answers)
        return _kept(page, request, browser, answers)
    token = draft[SOLVED] if await is_solved(browser, draft) else await solve(browser, session, form)
    draft = {**answers, SOLVED: token}
    if not form.is_valid:
        return _kept(await request_page(browser, form, draft, 422), request, browser, draft)
    return _kept(RedirectResponse(VERIFICATION_URL, 303), request, browser, draft)


def _kept(response: Response, request: Request, browser: BrowserSession, draft: Mapping[str, str]) -> Response:
    drafts.IDENTIFIER.keep(response, request, browser.app, draft)
    return response


async def request_page(
    browser: BrowserSession, form: Form, draft: Mapping[str, str], status: int = 200, *, begun_again: bool = False
) -> HTMLResponse:
    """Return the page of the answers; those that the draft has need not be typed again, nor is its CAPTCHA asked again."""
    form.kept = frozenset(name for name in SECRETS if draft.get(name))
    return form_page(
        browser,
        "identifier_request.html",
        form,
        status,
        has_captcha=not await is_solved(browser, draft),
        begun_again=begun_again,
        notified_address=mask_email(browser.elector.work_email) if browser.elector else None,
        **await request_counts(browser),
        confirmed_within=confirmed_within(browser),
    )
