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

    def set(self, response: Response, app: AppContext, value: str, max_age: int | None = None) -> None:
        """Set a value, for `max_age` seconds or until the browser is closed.

        `SameSite=Lax`: a link in a webmail is opened from another site, and needs the cookie too.
        """
        response.set_cookie(
            self._full_name(app),
            value,
            max_age=max_age,
            path=self._full_path(app),
            secure=app.is_https,
            httponly=True,
            samesite="lax",
        )

    def delete(self, response: Response, app: AppContext) -> None:
        """Delete the cookie."""
        response.delete_cookie(self._full_name(app), path=self._full_path(app), secure=app.is_https, httponly=True)

    def _full_name(self, app: AppContext) -> str:
        return f"__Host-{self.name}" if app.is_https else self.name

    def _full_path(self, app: AppContext) -> str:
        return "/" if app.is_https else self.path
