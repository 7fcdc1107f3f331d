"""The last step of a sign-in from a new browser, once others have failed: the code that was mailed."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from activities.accounts.sign_in_codes import CodeRequest, CodeVerdict
from activities.evidence.access_trace import Access
from election.verdicts import Verdict
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.routers.sign_in.targets import PORTAL, VOTING_SPACE, SignInTarget

router = APIRouter()


@router.get("/connexion/code")
async def ask_for_portal(browser: CurrentBrowser) -> Response:
    """Return the page that asks for the code of the portal's sign-in."""
    return await _ask(browser, PORTAL)


@router.post("/connexion/code")
async def submit_for_portal(request: Request, browser: CurrentBrowser) -> Response:
    """Open the portal if the code is right."""
    return await _submit(request, browser, PORTAL)


@router.get("/vote/connexion/code")
async def ask_for_voting_space(browser: CurrentBrowser) -> Response:
    """Return the page that asks for the code of the voting space's sign-in."""
    return await _ask(browser, VOTING_SPACE)


@router.post("/vote/connexion/code")
async def submit_for_voting_space(request: Request, browser: CurrentBrowser) -> Response:
    """Open the voting space if the code is right."""
    return await _submit(request, browser, VOTING_SPACE)


async def _ask(browser: BrowserSession, target: SignInTarget) -> Response:
    if target.is_open(browser):
        return RedirectResponse(target.opens, 303)
    if await _claimant(browser, target) is None:
        return RedirectResponse(target.password_url, 303)
    return _page(browser, target, Form())


async def _submit(request: Request, browser: BrowserSession, target: SignInTarget) -> Response:
    form = await submitted_form.read(request)
    if target.is_open(browser):
        return RedirectResponse(target.opens, 303)  # the second of two clicks
    session, claimant = browser.require_csrf(form["csrf"]), await _claimant(browser, target)
    if claimant is None:
        return RedirectResponse(target.password_url, 303)
    if form.asks_for_captcha:
        return _page(browser, target, Form())
    form.require("code", "Indiquez le code à six chiffres.")
    await spend_captcha(browser.app, session, form)
    if not form.is_valid:
        return _page(browser, target, form, 422)
    return await _judge(browser, target, session, claimant, form)


async def _judge(
    browser: BrowserSession, target: SignInTarget, session: Session, claimant: Claimant, form: Form
) -> Response:
    services = browser.app.services
    checked = await services.sign_in.password_credential(claimant)
    request = CodeRequest(target.name, session.id_hash, claimant, browser.address)
    verdict = await services.sign_in_codes.check(request, checked, form["code"], form.fingerprint)
    is_right = verdict is CodeVerdict.RIGHT
    await browser.trace(Access.SIGN_IN, claimant, Verdict.ACCEPTED if is_right else Verdict.WRONG_PROOF)
    match verdict:
        case CodeVerdict.RIGHT:
            return await target.open(browser.app, session, claimant, checked)
        case CodeVerdict.WRONG:
            await services.sign_in.count_failure()
            form.errors["code"] = sentences.WRONG_SIGN_IN_CODE
            return _page(browser, target, form, 422)
        case CodeVerdict.OVER:
            again = ("Revenir au mot de passe", target.password_url)
            return browser.message(410, "Code dépassé", [sentences.SIGN_IN_CODE_OVER], [again])


async def _claimant(browser: BrowserSession, target: SignInTarget) -> Claimant | None:
    session = browser.session
    if session is None or session.claimant is None or not target.is_available(browser.app):
        return None
    return session.claimant if await browser.app.services.sign_in_codes.is_awaited(session.id_hash) else None


def _page(browser: BrowserSession, target: SignInTarget, form: Form, status: int = 200) -> HTMLResponse:
    rules = browser.app.election.sign_in
    return form_page(
        browser,
        "sign_in_code.html",
        form,
        status,
        url=target.code_url,
        password_url=target.password_url,
        is_voting_space=target.is_voting_space,
        minutes=int(rules.code_lifetime.total_seconds()) // 60,
        tries=rules.code_tries,
    )
