"""Answers HEAD as GET without its body: mail scanners send HEAD to a link before they deliver a mail."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# An event stream does not end.
_ENDLESS = "/evenements"


class HeadAsGet:
    """Middleware that answers HEAD with the status and headers of GET."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].endswith(_ENDLESS):
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)
