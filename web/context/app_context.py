"""What every router works with, built once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from activities.gateways.identity.provider import FranceConnect
from activities.roll_services import RollSide
from election.settings import Election
from web.clients.identifier import IdentifierRecoveries
from web.clients.identifier_and_password import BothCodesRecoveries
from web.clients.link import Codes
from web.clients.password import PasswordRecoveries
from web.clients.support import SupportRequests
from web.clients.voting_code import VotingCodeRecoveries
from web.context.form_tokens import FormTokens
from web.context.pages import Pages
from web.http.sse_limit import Streams


@dataclass(frozen=True)
class Door:
    """The election, the roll's side, the way to the recoveries, the pages."""

    election: Election
    side: RollSide
    recoveries: VotingCodeRecoveries
    support: SupportRequests
    identifiers: IdentifierRecoveries
    codes: Codes
    passwords: PasswordRecoveries
    both: BothCodesRecoveries
    pages: Pages
    tokens: FormTokens
    streams: Streams
    now: Callable[[], datetime]
    temporal_answers: Callable[[], Awaitable[bool]]
    secure: bool
    public_url: str
    france_connect: FranceConnect | None


# Asynchronous, as each dependency here: FastAPI gives a plain function a thread's turn, on every request.
async def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


AtDoor = Annotated[Door, Depends(_door)]
