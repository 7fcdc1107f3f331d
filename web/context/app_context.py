"""What every router uses, built once at start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from activities.gateways.identity.provider import FranceConnect
from activities.services import RollServices
from election.settings import Election
from web.clients.identifier import IdentifierClient
from web.clients.identifier_and_password import IdentifierAndPasswordClient
from web.clients.link import LinkClient
from web.clients.password import PasswordClient
from web.clients.support import SupportClient
from web.clients.voting_code import VotingCodeClient
from web.context.form_tokens import FormTokens
from web.context.pages import Pages
from web.http.sse_limit import SseLimit


@dataclass(frozen=True)
class AppContext:
    """The election, the services of the roll, the clients of the recoveries, the pages.

    `is_https` says whether voters reach the application by HTTPS, at `public_url`, which has no slash at its end.
    `france_connect` is None when the settings name no provider.
    """

    election: Election
    services: RollServices
    voting_code_client: VotingCodeClient
    support_client: SupportClient
    identifier_client: IdentifierClient
    link_client: LinkClient
    password_client: PasswordClient
    identifier_and_password_client: IdentifierAndPasswordClient
    pages: Pages
    form_tokens: FormTokens
    sse_limit: SseLimit
    now: Callable[[], datetime]
    temporal_answers: Callable[[], Awaitable[bool]]
    is_https: bool
    public_url: str
    france_connect: FranceConnect | None


# Asynchronous, as each dependency here: FastAPI runs a plain function in a thread, on every request.
async def _app(request: Request) -> AppContext:
    app: AppContext = request.app.state.context
    return app


CurrentApp = Annotated[AppContext, Depends(_app)]
