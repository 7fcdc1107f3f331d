"""Notices whether a gateway works: it logs when one goes away and when it is back, and has a circuit."""

import re
from typing import Generic

import structlog

from activities.config.last_state import LastState
from activities.gateways.base.circuit import Circuit
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.base.gateway import Gateway, MessageT_contra, ResultT_co

# A relay's answer to one mail, which says nothing of the relay: a full mailbox, a greylist. A 421 says that it goes away.
_OF_ONE_MESSAGE = re.compile(r"smtp-4(?!21)\d\d(?:-[\d.]+)?")
_log = structlog.stdlib.get_logger(__name__)


class WatchedGateway(Generic[MessageT_contra, ResultT_co]):
    """A gateway whose outages are noticed."""

    def __init__(self, gateway: Gateway[MessageT_contra, ResultT_co]) -> None:
        self.name = gateway.name
        self.circuit = Circuit()
        self._gateway = gateway
        self._state = LastState()

    async def send(self, message: MessageT_contra) -> ResultT_co:
        """Return what the gateway returns.

        Raises:
            GatewayUnavailableError: trying again later may succeed.
            GatewayRefusedError: the gateway's refusal is final.
        """
        self.circuit.begin()
        try:
            result = await self._gateway.send(message)
        except GatewayUnavailableError as error:
            self._note_fault(error)
            raise
        except GatewayRefusedError:
            self.circuit.succeed()
            raise
        self.circuit.succeed()
        if self._state.changes_to(""):
            _log.info("gateway_available_again", gateway=self.name)
        return result

    def _note_fault(self, error: GatewayUnavailableError) -> None:
        if is_of_one_message(error):
            self.circuit.succeed()
            return
        if not is_of_our_limits(error):
            self.circuit.fail()
        if self._state.changes_to(error.reason):
            _log.warning("gateway_unavailable", gateway=self.name, fault=error.reason)


def is_of_our_limits(error: GatewayUnavailableError) -> bool:
    """Return whether our own side had no turn for the message, which says nothing of the gateway."""
    return error.reason.endswith("-busy")


def is_of_one_message(error: GatewayUnavailableError) -> bool:
    """Return whether a relay has put one mail off, and may accept the next."""
    return _OF_ONE_MESSAGE.fullmatch(error.reason) is not None
