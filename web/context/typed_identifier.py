"""The identifier that was typed at the first step of a sign-in or of a new password, for the steps after it; the browser keeps it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import Request
from starlette.responses import Response

from activities.accounts.sessions import Session
from web.context.app_context import AppContext
from web.context.cookies import TYPED_IDENTIFIER
from web.context.form_tokens import CsrfError


def keep_identifier(response: Response, app: AppContext, session: Session, identifier: str) -> None:
    """Give the browser what was typed, bound to its session; our own database has its hash alone."""
    text = urlsafe_b64encode(identifier.encode()).decode().rstrip("=")
    token = app.form_tokens.make(session.id_hash, "typed-identifier", text)
    TYPED_IDENTIFIER.set(response, app, f"{text}.{token}")


def typed_identifier(request: Request, app: AppContext, session: Session) -> str:
    """Return what was typed in this session, or ""."""
    text, _, token = TYPED_IDENTIFIER.read(request, app).partition(".")
    try:
        app.form_tokens.require(token, session.id_hash, "typed-identifier", text)
    except CsrfError:
        return ""
    return urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}").decode()


def forget_identifier(response: Response, app: AppContext) -> None:
    """Delete what was typed from the browser, once it is of no more use."""
    TYPED_IDENTIFIER.delete(response, app)
