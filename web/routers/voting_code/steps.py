"""What the pages of a request for a voting code share: which page comes next, and when no request is accepted."""

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from activities.proofs.attempts import AttemptScope
from election.procedures import Procedure
from election.verdicts import Verdict
from web.context import drafts
from web.context.app_context import AppContext
from web.context.browser_session import SignedInElector
from web.forms.code_draft import is_proven_by_identity
from web.presenters import calendar, objection, sentences
from web.presenters.procedures import voting_code

CHOICE_URL = voting_code.RECORD.url
FRANCE_CONNECT_URL = voting_code.FRANCE_CONNECT_URL
PROOFS_URL = voting_code.CHALLENGE_URL
DESTINATION_URL = voting_code.DESTINATION_URL
VERIFICATION_URL = f"{CHOICE_URL}/verification"


def keep(response: Response, request: Request, app: AppContext, draft: Mapping[str, str]) -> Response:
    """Return the response, with which the browser keeps the draft."""
    drafts.VOTING_CODE.keep(response, request, app, draft)
    return response


def begin_again(app: AppContext) -> RedirectResponse:
    """Return the redirect to the first page, which says that the proofs are to be given again."""
    return RedirectResponse(f"{CHOICE_URL if app.offer.france_connect else PROOFS_URL}?reprise=1", 303)


def closed_reason(current: SignedInElector) -> str | None:
    """Return why no request is accepted now, or None when one is."""
    election, offer = current.app.election, current.app.offer
    if not (offer.challenge or offer.france_connect):
        return calendar.not_offered_reason(election)
    return calendar.closed_reason(election, Procedure.VOTING_CODE, current.app.now())


async def is_limit_reached(current: SignedInElector) -> bool:
    """Return whether the elector has had all the new codes that the election allows: no form is worth filling in."""
    return await current.app.services.voting_codes.reissues.left(current.elector.id) <= 0


async def locked_reason(current: SignedInElector) -> str | None:
    """Return that support must lift the pause of this elector's requests, or None."""
    if await current.app.services.objection_pauses.refusal(current.elector.id):
        return objection.objected(current.app.election)
    refusal = await current.app.services.proof_attempts.refusal(current.elector.id, AttemptScope.RECOVERY)
    if refusal is None or refusal.verdict is not Verdict.LOCKED:
        return None
    return sentences.refusal(
        Procedure.VOTING_CODE, refusal.verdict, refusal.until, current.app.election, current.app.now()
    )


async def waiting_reason(current: SignedInElector) -> str | None:
    """Return until when the challenge question must wait, since the password was recovered, or None."""
    asks = offers_question(current)
    until = await current.app.services.password_wait.until(current.elector.id) if asks else None
    if until is None:
        return None
    verdict, election = Verdict.AFTER_PASSWORD_RECOVERY, current.app.election
    return sentences.refusal(Procedure.VOTING_CODE, verdict, until, election, current.app.now())


def offers_question(current: SignedInElector) -> bool:
    """Return whether the election offers the challenge question, and this elector has one."""
    return current.app.offer.challenge and bool(current.elector.question)


def is_proof_offered(current: SignedInElector, draft: Mapping[str, str]) -> bool:
    """Return whether the election offers this elector the proof of a draft: the election's file may have changed since."""
    return current.app.offer.france_connect if is_proven_by_identity(draft) else offers_question(current)


async def has_question(current: SignedInElector) -> bool:
    """Return whether the elector may prove who they are by the challenge question, now."""
    return offers_question(current) and await waiting_reason(current) is None


def not_activated_reason(current: SignedInElector) -> str | None:
    """Return that the account is not activated, where no proof is left without a question, or None."""
    if offers_question(current) or current.app.offer.france_connect:
        return None
    return sentences.refusal(
        Procedure.VOTING_CODE, Verdict.NOT_ACTIVATED, None, current.app.election, current.app.now()
    )


async def is_closed_to(current: SignedInElector) -> bool:
    """Return whether the form is not even looked at: the choice page says why."""
    return bool(closed_reason(current) or await is_limit_reached(current))


async def is_question_closed_to(current: SignedInElector) -> bool:
    """Return the same of the pages that only the challenge question leads through."""
    return not offers_question(current) or await is_closed_to(current)
