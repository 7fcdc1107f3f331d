"""A new secret on one browser's screen: sealed to it, for a short while, with the time that is left."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from starlette.responses import RedirectResponse, Response

from activities.recoveries.links import LinkPlace
from activities.security import sealed_display
from election.verdicts import LinkVerdict
from web.context.cookies import Cookie
from web.presenters.spell_out import spell_out
from web.routers.links.link_request import LinkRequest
from workflows.contracts.messages import LinkStatus, SealedCode

# Laid down by the GET, so that a secret whose page was lost on its way back is not lost: a double
# click, a web process that dies. The server keeps nothing of it.
_SEED = Cookie("navigateur", "/lien")
_SEED_LIFE = 24 * 3600  # seconds
# Laid down by the POST that won, for as long as the window: loading that page again shows it again.
_WINNER = Cookie("affichage", "/lien")


class SecretSource(Protocol):
    """Who is asked what became of a link, and told that its secret is noted."""

    async def look(self, place: LinkPlace) -> LinkStatus:
        """Return what became of a link, changing nothing."""

    async def noted(self, place: LinkPlace) -> None:
        """End the window early."""


@dataclass(frozen=True)
class SecretPage:
    """How a procedure shows its secret: the page, what is left of it afterwards, and for how long."""

    source: SecretSource
    template: str
    over: str
    show_here: str
    window: timedelta

    def page(
        self,
        link_request: LinkRequest,
        code: SealedCode | None,
        seed: str,
        left: timedelta | None = None,
        **given: Any,
    ) -> Response | None:
        """Return the secret's page for the browser of that seed, or None when there is nothing for it to see.

        The winner's window has just begun: with `left`, a clock here that is ahead of the worker's takes nothing
        off it.
        """
        clear = sealed_display.unseal(seed, code.box) if code else None
        if code is None or clear is None:
            return None
        remaining = math.ceil((left or code.until - link_request.app.now()).total_seconds())
        if remaining <= 0:
            return None
        window = int(self.window.total_seconds())
        page = link_request.app.pages.page(
            self.template,
            code=clear,
            spelled=spell_out(clear),
            remaining=min(remaining, window),
            window_seconds=window,
            noted_url=f"{link_request.url}/note",
            csrf=link_request.csrf,
            **given,
        )
        _SEED.give(page, link_request.app, seed, _SEED_LIFE)
        _WINNER.give(page, link_request.app, seed, remaining)
        return page

    async def second_click(self, link_request: LinkRequest, **given: Any) -> Response:
        """Return the page again for the browser that has won already; else that the link is used."""
        code = (await self.source.look(link_request.place)).code
        again = self.page(link_request, code, _WINNER.read(link_request.request, link_request.app), **given)
        is_here = code is not None and sealed_display.unseal(
            _SEED.read(link_request.request, link_request.app), code.box
        )
        return again or link_request.dead(
            LinkVerdict.USED, *([(self.show_here, link_request.url)] if is_here else [])
        )

    async def note(self, link_request: LinkRequest) -> Response:
        """End the window early, for the browser that sees the secret."""
        await link_request.form()
        code = (await self.source.look(link_request.place)).code
        seed = seed_of(link_request) or _WINNER.read(link_request.request, link_request.app)
        if code is not None and sealed_display.unseal(seed, code.box) is not None:
            await self.source.noted(link_request.place)
        answer = RedirectResponse(f"{link_request.url}/note", 303)
        _WINNER.take_back(answer, link_request.app)
        return answer


def seed_of(link_request: LinkRequest) -> str:
    """Return the private half that this browser keeps, or nothing."""
    seed = _SEED.read(link_request.request, link_request.app)
    return seed if sealed_display.is_seed(seed) else ""


def lay_down_seed(link_request: LinkRequest, page: Response) -> None:
    """Give this browser a private half of its own, unless it has one."""
    if not seed_of(link_request):
        _SEED.give(page, link_request.app, sealed_display.new_seed(), _SEED_LIFE)
