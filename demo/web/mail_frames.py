"""Lets the dashboard show mails: a frame with inline styles, which no other page has."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGE = "/demo"
_POLICY = "Content-Security-Policy"


class MailFrames:
    """Middleware that allows inline styles on the dashboard alone: a mail in a `srcdoc` frame has the policy of its page too.

    It is outside the application's own middleware, whose policy it changes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, the dashboard with its own policy."""
        if scope["type"] != "http" or scope["path"] != _PAGE:
            await self._app(scope, receive, send)
            return

        async def with_frames(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[_POLICY] = headers[_POLICY].replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
            await send(message)

        await self._app(scope, receive, with_frames)
