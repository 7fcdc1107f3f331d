"""HEAD, answered as GET without its body: mail scanners ask it of a link before they let a mail through."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# An event stream has no end to wait for.
_ENDLESS = "/evenements"


class HeadAsGet:
    """Answers HEAD with what GET would say, but for its body."""

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
