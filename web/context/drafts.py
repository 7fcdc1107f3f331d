"""What was typed in a form of several pages: sealed, kept by the browser alone, for a few minutes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from activities.security import sealed_drafts
from web.context.app_context import AppContext
from web.context.cookies import (
    IDENTIFIER_DRAFT,
    SESSION,
    TYPED_CODE_DRAFT,
    VOTING_CODE_DRAFT,
    Cookie,
)


@dataclass(frozen=True)
class Draft:
    """The draft of one form, in a cookie of its own; another session or another form does not open it."""

    cookie: Cookie

    def read(self, request: Request, app: AppContext) -> Mapping[str, str]:
        """Return the texts that were typed, by name; none when there is no draft, or its time is over."""
        sealed = self.cookie.read(request, app)
        clear = app.sealed_drafts.open(self.cookie.name, SESSION.read(request, app), sealed) if sealed else None
        if clear is None:
            return {}
        until, typed = json.loads(clear)
        return typed if until > app.now().timestamp() else {}

    def keep(self, response: Response, request: Request, app: AppContext, typed: Mapping[str, str]) -> None:
        """Keep the texts from now on as long as drafts are kept, in the place of any others."""
        clear = json.dumps([(app.now() + sealed_drafts.KEPT).timestamp(), dict(typed)], ensure_ascii=False)
        sealed = app.sealed_drafts.seal(self.cookie.name, SESSION.read(request, app), clear)
        self.cookie.set(response, app, sealed)

    def forget(self, response: Response, app: AppContext) -> None:
        """Delete the draft from the browser."""
        self.cookie.delete(response, app)


VOTING_CODE = Draft(VOTING_CODE_DRAFT)
IDENTIFIER = Draft(IDENTIFIER_DRAFT)
TYPED_CODE = Draft(TYPED_CODE_DRAFT)
EVERY = (VOTING_CODE, IDENTIFIER, TYPED_CODE)


def forget_all(response: Response, app: AppContext) -> None:
    """Delete every draft from the browser: its session ends, or another begins."""
    for draft in EVERY:
        draft.forget(response, app)
