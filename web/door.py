"""What every router works with, built once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from activities.assembly import RollSide
from activities.identity_provider import FranceConnect
from election.settings import Election
from web.both_codes import BothCodesRecoveries
from web.codes import Codes
from web.identifier_recoveries import IdentifierRecoveries
from web.pages import Pages
from web.passwords import PasswordRecoveries
from web.recoveries import VotingCodeRecoveries
from web.streams import Streams
from web.support import SupportRequests
from web.tokens import FormTokens


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
