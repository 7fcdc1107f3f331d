"""The last step of a sign-in from a new browser, once others have failed: the code that was mailed."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from activities.accounts.sign_in_codes import CodeRequest, CodeVerdict
from activities.evidence.access_trace import Access
from election.text.numbers import written_duration
from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.context.browser_session import BrowserSession, CurrentBrowser
from web.context.destinations import FIELD, Destination, opened, with_destination
from web.forms import submitted_form
from web.forms.captcha_field import spend_captcha
from web.forms.form_page import form_page
from web.forms.submitted_form import Form
from web.routers.sign_in.targets import PORTAL, VOTING_SPACE, SignInTarget

router = APIRouter()

_WRONG = N_(
    "Ce code n’est pas le bon. Si vous avez saisi le mot de passe plusieurs fois, seul le dernier code reçu fonctionne."
)
_OVER = N_(
    "Ce code ne fonctionne plus : il a déjà servi, il a été essayé trop de fois, ou son délai est passé. "
    "Saisissez de nouveau votre mot de passe\u00a0: s’il est juste, un autre code partira."
)


@router.get("/connexion/code")
async def ask_for_portal(browser: CurrentBrowser, vers: str = "") -> Response:
    """Return the page that asks for the code of the portal's sign-in."""
    return await _ask(browser, PORTAL, opened(browser.app, vers))


@router.post("/connexion/code")
async def submit_for_portal(request: Request, browser: CurrentBrowser) -> Response:
    """Open the portal, or where the sign-in leads, if the code is right."""
    form = await submitted_form.read(request)
    return await _submit(browser, PORTAL, form, opened(browser.app, form[FIELD]))


@router.get("/vote/connexion/code")
async def ask_for_voting_space(browser: CurrentBrowser) -> Response:
    """Return the page that asks for the code of the voting space's sign-in."""
    return await _ask(browser, VOTING_SPACE, None)


@router.post("/vote/connexion/code")
async def submit_for_voting_space(request: Request, browser: CurrentBrowser) -> Response:
    """Open the voting space if the code is right."""
    return await _submit(browser, VOTING_SPACE, await submitted_form.read(request), None)


async def _ask(browser: BrowserSession, target: SignInTarget, destination: Destination | None) -> Response:
    if target.is_open(browser):
        return RedirectResponse(target.leads_to(destination), 303)
    if await _claimant(browser, target) is None:
        return RedirectResponse(with_destination(target.password_url, destination), 303)
    return _page(browser, target, Form(), destination)


async def _submit(
    browser: BrowserSession, target: SignInTarget, form: Form, destination: Destination | None
) -> Response:
    if target.is_open(browser):
        return RedirectResponse(target.leads_to(destination), 303)  # the second of two clicks
    session, claimant = browser.require_csrf(form["csrf"]), await _claimant(browser, target)
    if claimant is None:
        return RedirectResponse(with_destination(target.password_url, destination), 303)
    if form.asks_for_captcha:
        return _page(browser, target, Form(), destination)
    form.require("code", _("Indiquez le code à six chiffres."))
    await spend_captcha(browser.app, session, form)
    if not form.is_valid:
        return _page(browser, target, form, destination, 422)
    return await _judge(browser, target, session, claimant, form, destination)


async def _judge(
    browser: BrowserSession,
    target: SignInTarget,
    session: Session,
    claimant: Claimant,
    form: Form,
    destination: Destination | None,
) -> Response:
    services = browser.app.services
    checked = await services.sign_in.password_credential(claimant)
    request = CodeRequest(target.name, session.id_hash, claimant, browser.address)
    verdict = await services.sign_in_codes.check(request, checked, form["code"], form.fingerprint)
    is_right = verdict is CodeVerdict.RIGHT
    await browser.trace(Access.SIGN_IN, claimant, Verdict.ACCEPTED if is_right else Verdict.WRONG_PROOF)
    match verdict:
        case CodeVerdict.RIGHT:
            return await target.open(browser.app, session, claimant, checked, destination)
        case CodeVerdict.WRONG:
            await services.sign_in.count_failure()
            form.errors["code"] = _(_WRONG)
            return _page(browser, target, form, destination, 422)
        case CodeVerdict.OVER:
            again = (_("Revenir au mot de passe"), with_destination(target.password_url, destination))
            return browser.message(410, _("Code dépassé"), [_(_OVER)], [again])


async def _claimant(browser: BrowserSession, target: SignInTarget) -> Claimant | None:
    session = browser.session
    if session is None or session.claimant is None or not target.is_available(browser.app):
        return None
    return session.claimant if await browser.app.services.sign_in_codes.is_awaited(session.id_hash) else None


def _page(
    browser: BrowserSession, target: SignInTarget, form: Form, destination: Destination | None, status: int = 200
) -> HTMLResponse:
    rules = browser.app.election.sign_in
    return form_page(
        browser,
        "sign_in_code.html",
        form,
        status,
        url=target.code_url,
        password_url=with_destination(target.password_url, destination),
        is_voting_space=target.is_voting_space,
        destination=destination,
        lifetime=written_duration(rules.code_lifetime),
        tries=rules.code_tries,
    )
