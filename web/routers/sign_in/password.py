"""The step of the password, the same for both sign-ins."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from activities.accounts.credentials import CheckedCredential
from activities.accounts.roll import Claimant
from activities.accounts.sessions import Session
from activities.accounts.sign_in_codes import CodeRequest
from activities.evidence.access_trace import Access
from election.text.folding import has_unseen
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.clients.response_floor import with_response_floor
from web.context.browser_session import BrowserSession
from web.context.destinations import Destination, with_destination
from web.forms.captcha_field import spend_captcha
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.routers.sign_in.targets import SignInTarget


@dataclass(frozen=True)
class PasswordStep:
    """A password that a claimant typed in a session; `known_browser` is the browser's device cookie.

    The portal's sign-in may lead to a `destination`.
    """

    browser: BrowserSession
    target: SignInTarget
    session: Session
    claimant: Claimant
    known_browser: str
    destination: Destination | None = None

    async def needs_captcha(self) -> bool:
        """Return whether each further try asks for a CAPTCHA: a code will be asked for too."""
        return await self.browser.app.services.sign_in.needs_code(self.claimant, self.known_browser)

    async def submit(self, form: Form) -> Response | int:
        """Return the redirect of an accepted try; or the status of the page that shows the form again, with its error."""
        app = self.browser.app
        if await self.needs_captcha():
            await spend_captcha(app, self.session, form)
            if not form.is_valid:
                return 422
        sign_in = app.services.sign_in
        checked = await sign_in.password_credential(self.claimant)
        judged = await sign_in.check(self.claimant, form["password"], self.known_browser, checked)
        await self.browser.trace(Access.SIGN_IN, self.claimant, judged.verdict)
        match judged.verdict:
            case Verdict.ACCEPTED:
                renewed = await sign_in.renew_hash(self.claimant, form["password"], checked)
                return await self.target.open(app, self.session, self.claimant, renewed, self.destination)
            case Verdict.CODE_NEEDED:
                await with_response_floor(self._ask_for_code(checked, is_right=judged.is_right))
                return RedirectResponse(with_destination(self.target.code_url, self.destination), 303)
            case Verdict.PAUSED:
                form.general_error = sentences.paused_sign_in(judged.until, app.election)
                return 429
            case _:
                is_voting = self.target.is_voting_space
                wrong = _(sentences.WRONG_VOTING_SIGN_IN if is_voting else sentences.WRONG_SIGN_IN)
                unseen = [_(sentences.HAS_UNSEEN)] if has_unseen(form["password"]) else []
                form.general_error = " ".join([wrong, *unseen])
                return 422

    async def _ask_for_code(self, checked: CheckedCredential, *, is_right: bool) -> None:
        services = self.browser.app.services
        if self.session.claimant != self.claimant:
            await services.sessions.claim(self.session, self.claimant)
        request = CodeRequest(self.target.name, self.session.id_hash, self.claimant, self.browser.address)
        await self.browser.app.sign_in_code_client.send(
            await services.sign_in_codes.draw(request, checked, is_right=is_right)
        )


def password_step(
    request: Request,
    browser: BrowserSession,
    target: SignInTarget,
    session: Session,
    claimant: Claimant,
    destination: Destination | None = None,
) -> PasswordStep:
    """Return the step for what this browser sent."""
    known_browser = target.known_browser(request, browser.app)
    return PasswordStep(browser, target, session, claimant, known_browser, destination)
