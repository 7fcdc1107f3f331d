"""The way back to a code that is still displayed in this browser, for the elector's other pages."""

import math
from dataclasses import dataclass

from fastapi import Request

from election.following.progress import Progress
from web.context.app_context import AppContext
from web.context.cookies import SHOWN_DISPLAY_KEY


@dataclass(frozen=True)
class SeeAgain:
    """The address that shows the code again, and for how many seconds it does."""

    url: str
    seconds: int


def see_again(request: Request, app: AppContext, workflow_id: str, progress: Progress | None) -> SeeAgain | None:
    """Return the way back to the code of a recovery, or None when it is displayed no longer, or in another browser."""
    if progress is None or progress.display_until is None or not SHOWN_DISPLAY_KEY.read(request, app):
        return None
    seconds = math.ceil((progress.display_until - app.now()).total_seconds())
    token = app.services.links.token(workflow_id, progress.link_id)
    return SeeAgain(f"/lien/{token}", seconds) if seconds > 0 else None
