"""Cookies that scripts cannot read and, over HTTPS, that no other host can plant."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from web.context.app_context import AppContext


@dataclass(frozen=True)
class Cookie:
    """One cookie; `path` holds without HTTPS, since `__Host-` binds it to the whole host and needs HTTPS."""

    name: str
    path: str

    def read(self, request: Request, app: AppContext) -> str:
        """Return what the browser sent, or nothing."""
        return request.cookies.get(self._named(app), "")

    def give(self, answer: Response, app: AppContext, value: str, life: int | None = None) -> None:
        """Give the browser a value, for `life` seconds or until it is closed.

        `Lax`: a link in a webmail is opened from another site, and must find what it found before.
        """
        answer.set_cookie(
            self._named(app),
            value,
            max_age=life,
            path=self._under(app),
            secure=app.secure,
            httponly=True,
            samesite="lax",
        )

    def take_back(self, answer: Response, app: AppContext) -> None:
        """Have the browser forget it."""
        answer.delete_cookie(self._named(app), path=self._under(app), secure=app.secure, httponly=True)

    def _named(self, app: AppContext) -> str:
        return f"__Host-{self.name}" if app.secure else self.name

    def _under(self, app: AppContext) -> str:
        return "/" if app.secure else self.path
