"""Cookies that scripts cannot read and, over HTTPS, that no other host can set."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from web.context.app_context import AppContext


@dataclass(frozen=True)
class Cookie:
    """One cookie; `path` applies without HTTPS only, since the prefix `__Host-` demands HTTPS and the path `/`."""

    name: str
    path: str

    def read(self, request: Request, app: AppContext) -> str:
        """Return the value that the browser sent, or ""."""
        return request.cookies.get(self._full_name(app), "")

    def give(self, answer: Response, app: AppContext, value: str, life: int | None = None) -> None:
        """Set a value, for `life` seconds or until the browser is closed.

        `SameSite=Lax`: a link in a webmail is opened from another site, and needs the cookie too.
        """
        answer.set_cookie(
            self._full_name(app),
            value,
            max_age=life,
            path=self._full_path(app),
            secure=app.secure,
            httponly=True,
            samesite="lax",
        )

    def take_back(self, answer: Response, app: AppContext) -> None:
        """Delete the cookie."""
        answer.delete_cookie(self._full_name(app), path=self._full_path(app), secure=app.secure, httponly=True)

    def _full_name(self, app: AppContext) -> str:
        return f"__Host-{self.name}" if app.secure else self.name

    def _full_path(self, app: AppContext) -> str:
        return "/" if app.secure else self.path
