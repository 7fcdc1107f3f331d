"""What both pages of a request for an identifier share: the addresses, and whether a CAPTCHA was solved for it."""

from collections.abc import Mapping

from activities.accounts.sessions import Session
from election.procedures import Procedure
from election.text.numbers import written_hours
from web.context.browser_session import BrowserSession
from web.forms.captcha_field import spend_captcha
from web.forms.submitted_form import Form
from web.presenters.procedures.catalogue import CATALOGUE

URL = CATALOGUE[Procedure.IDENTIFIER].url
VERIFICATION_URL = f"{URL}/verification"
# In the draft: that a CAPTCHA was solved for it. It serves one request.
SOLVED = "step_token"


async def is_solved(browser: BrowserSession, draft: Mapping[str, str]) -> bool:
    """Return whether a CAPTCHA was solved for this draft, in this session, and has served no request."""
    confirmations, token = browser.app.services.confirmations, draft.get(SOLVED, "")
    if browser.session is None or not confirmations.is_valid(token, *_binding(browser.session)):
        return False
    return not await confirmations.is_used(token)


async def solve(browser: BrowserSession, session: Session, form: Form) -> str:
    """Use up the CAPTCHA of a form, and return what proves that it was solved, or "" with an error noted."""
    await spend_captcha(browser.app, session, form)
    return "" if "captcha" in form.errors else browser.app.services.confirmations.create(*_binding(session))


def confirmed_within(browser: BrowserSession) -> str:
    """Return after how long a request whose identifier was not used is no longer counted: « un jour »."""
    return written_hours(browser.app.election.identifier_recovery.confirmed_within)


async def request_counts(browser: BrowserSession) -> dict[str, int | None]:
    """Return how many requests are allowed, and how many are left to the elector: None without a sign-in, as nobody else may know."""
    left = await browser.app.services.identifiers.requests_left(browser.elector.id) if browser.elector else None
    return {"max_requests": browser.app.election.identifier_recovery.max_requests, "requests_left": left}


def _binding(session: Session) -> tuple[str, str]:
    return session.id_hash, "identifier"
