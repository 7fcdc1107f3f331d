"""The page of a new secret: sealed to one browser, for a short time, with the time that is left."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from activities.security import sealed_display
from activities.texts.dates import written_instant
from election.verdicts import LinkVerdict
from web.context.cookies import DISPLAY_KEY, SHOWN_DISPLAY_KEY
from web.context.drafts import forget_all
from web.presenters import noted_copy
from web.presenters.noted_copy import NotedCopy
from web.presenters.spell_out import spell_out
from web.routers.links.link_request import LinkRequest
from web.routers.links.underway import underway_page
from workflows.contracts.messages import SealedSecret


@dataclass(frozen=True)
class SecretPage:
    """How a procedure shows its secret: the templates during and after the window, how long the window is, in which groups.

    `vote_path` is where the secret is used; the printed page has its address, and when the secret was made.
    """

    template: str
    over_template: str
    window: timedelta
    group_size: int
    case_counts: bool
    vote_path: str

    def page(
        self,
        link_request: LinkRequest,
        sealed: SealedSecret | None,
        seed: str,
        left: timedelta | None = None,
        **context: Any,
    ) -> Response | None:
        """Return the secret's page for the browser of that seed, or None when that browser cannot read a secret.

        With `left`, for a window that has just begun, the time left does not depend on this machine's clock,
        which may be ahead of the worker's.
        """
        clear = sealed_display.unseal(seed, sealed.box) if sealed else None
        if sealed is None or clear is None:
            return None
        remaining = math.ceil((left or sealed.until - link_request.app.now()).total_seconds())
        if remaining <= 0:
            return None
        window, app = int(self.window.total_seconds()), link_request.app
        page = app.pages.page(
            self.template,
            secret=clear,
            spelled=spell_out(clear),
            remaining=min(remaining, window),
            window_seconds=window,
            group_size=self.group_size,
            link_url=link_request.url,
            made_at=written_instant(sealed.until - self.window, app.election.zone),
            vote_url=f"{app.public_url}{self.vote_path}",
            noted=self._compare(clear, link_request.noted),
            csrf=link_request.csrf,
            **context,
        )
        DISPLAY_KEY.set(page, app, seed)
        SHOWN_DISPLAY_KEY.set(page, app, seed, remaining)
        return page

    def _compare(self, secret: str, typed: str | None) -> NotedCopy | None:
        if typed is None:
            return None
        return noted_copy.compare(secret, typed, self.group_size, case_counts=self.case_counts)

    async def second_click(self, link_request: LinkRequest, **context: Any) -> Response:
        """Return the page again for the browser that used the link; for any other, that the link is used.

        Before the secret is in the database, the page says that it is being made.
        """
        if underway := await underway_page(link_request):
            return underway
        sealed = await displayed_secret(link_request)
        again = self.page(link_request, sealed, seed_of(link_request), **context)
        return again or link_request.unusable_page(LinkVerdict.USED, is_displayed=sealed is not None)


async def displayed_secret(link_request: LinkRequest) -> SealedSecret | None:
    """Return the secret of a used link while it is displayed, sealed to one browser.

    It is in its recovery alone, which is asked for it within the window alone.
    """
    if not await link_request.app.statuses.is_displayed(link_request.link_record):
        return None
    return await link_request.app.link_client.secret(link_request.link_record)


async def end_display(link_request: LinkRequest) -> Response:
    """End the window early, if this is the browser that can read the secret."""
    await link_request.form()
    app = link_request.app
    sealed = await displayed_secret(link_request)
    seed = seed_of(link_request) or SHOWN_DISPLAY_KEY.read(link_request.request, app)
    if sealed is not None and sealed_display.unseal(seed, sealed.box) is not None:
        await app.link_client.end_display(link_request.link_record)
    response = RedirectResponse(f"{link_request.url}/note", 303)
    forget_all(response, app)  # a request with the same proofs would replace what was just written down
    SHOWN_DISPLAY_KEY.delete(response, app)
    return response


def seed_of(link_request: LinkRequest) -> str:
    """Return the private half of the key pair that this browser keeps, or ""."""
    seed = DISPLAY_KEY.read(link_request.request, link_request.app)
    return seed if sealed_display.is_seed(seed) else ""


def give_seed(link_request: LinkRequest, page: Response) -> None:
    """Give this browser a private half of its own, unless it has one."""
    if not seed_of(link_request):
        DISPLAY_KEY.set(page, link_request.app, sealed_display.new_seed())
