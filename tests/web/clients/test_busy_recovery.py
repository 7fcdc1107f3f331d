"""An update that a receipt has pushed aside is handed in again; the voter need not."""

import pytest
from temporalio.service import RPCError, RPCStatusCode

from web.clients.calls import RecoveryNotFoundError, TemporalUnavailableError, handed_in


class Desk:
    """Answers only after it has turned away some."""

    def __init__(self, times: int, status: RPCStatusCode = RPCStatusCode.FAILED_PRECONDITION) -> None:
        self.turns_away = times
        self.asked = 0
        self._status = status

    async def answer(self) -> str:
        """Return an answer, or turn away as Temporal does."""
        self.asked += 1
        if self.asked <= self.turns_away:
            raise RPCError("turned away", self._status, b"")
        return "taken"


async def test_an_update_that_was_pushed_aside_is_handed_in_again() -> None:
    """What Temporal did not look at is looked at the next time."""
    desk = Desk(times=2)
    assert await handed_in(desk.answer) == "taken"
    assert desk.asked == 3


async def test_who_is_turned_away_for_ever_is_told() -> None:
    """After two seconds the voter reads that the service does not answer."""
    desk = Desk(times=100)
    with pytest.raises(TemporalUnavailableError):
        await handed_in(desk.answer)
    assert desk.asked == 4


async def test_a_recovery_that_is_over_is_not_asked_again() -> None:
    """Only what was not looked at is handed in again."""
    desk = Desk(times=1, status=RPCStatusCode.NOT_FOUND)
    with pytest.raises(RecoveryNotFoundError):
        await handed_in(desk.answer)
    assert desk.asked == 1
