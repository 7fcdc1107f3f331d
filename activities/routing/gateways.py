"""The gateways of one channel, and which of them sends a message."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.base.gateway import Gateway, MessageT_contra, ResultT_co
from activities.gateways.watched import WatchedGateway, is_of_one_message, is_of_our_limits
from activities.routing.measures import GatewayMeasures
from activities.routing.states import GatewayStates
from election.routing.choice import GatewayState, LastTry, choose
from election.stages import Channel

MessageT = TypeVar("MessageT")
ResultT = TypeVar("ResultT")
_READ_EVERY = 2.0  # seconds: how old what an operator has decided may be
_DRAWS = 10_000
_SUSPENDED = "gateway-suspended"


class Gateways(Protocol[MessageT_contra, ResultT_co]):
    """The gateways of one channel."""

    are_several: bool

    async def choose(
        self, wanted: str = "", last: LastTry | None = None, without: Collection[str] = ()
    ) -> Gateway[MessageT_contra, ResultT_co]:
        """Return the gateway for a message: the wanted one, if there is one of that name, and none of `without`.

        Raises:
            GatewayUnavailableError: an operator has suspended all the others, or there are none.
        """
        ...

    async def note_error(self, connection: AsyncConnection, error: GatewayUnavailableError) -> None:
        """Count an error of a gateway, unless it was the message's own."""
        ...


class _Decided:
    """What is decided of some gateways of a channel, read again after `read_every` seconds."""

    def __init__(self, channel: Channel, names: Sequence[str], states: GatewayStates, read_every: float) -> None:
        self.channel = channel
        self._names = names
        self._states = states
        self._read_every = read_every
        self._read: list[GatewayState] = []
        self._read_again_at = 0.0

    async def current(self) -> list[GatewayState]:
        """Return the states of those that a process has registered."""
        now = asyncio.get_running_loop().time()
        if now >= self._read_again_at:
            self._read = await self._states.of_channel(self.channel, self._names)
            self._read_again_at = now + self._read_every
        return self._read


class OnlyGateway(Generic[MessageT, ResultT]):
    """A channel with one gateway: nothing is drawn or counted, and nothing leaves while an operator has suspended it."""

    are_several = False

    def __init__(
        self,
        channel: Channel,
        gateway: Gateway[MessageT, ResultT],
        states: GatewayStates,
        read_every: float = _READ_EVERY,
    ) -> None:
        self._gateway = gateway
        self._decided = _Decided(channel, [gateway.name], states, read_every)

    async def choose(
        self,
        wanted: str = "",
        last: LastTry | None = None,  # noqa: ARG002 - as the protocol has it
        without: Collection[str] = (),
    ) -> Gateway[MessageT, ResultT]:
        """Return the gateway.

        Raises:
            GatewayUnavailableError: it is one of `without`, or is suspended and not the wanted one.
        """
        if self._gateway.name in without:
            raise GatewayUnavailableError(self._gateway.name, "gateway-left-out")
        if wanted != self._gateway.name and any(each.is_suspended for each in await self._decided.current()):
            raise GatewayUnavailableError(self._decided.channel, _SUSPENDED)
        return self._gateway

    async def note_error(self, connection: AsyncConnection, error: GatewayUnavailableError) -> None:
        """Count nothing."""


class SeveralGateways(Generic[MessageT, ResultT]):
    """A channel with several gateways, drawn by their priorities."""

    are_several = True

    def __init__(
        self,
        channel: Channel,
        gateways: Sequence[WatchedGateway[MessageT, ResultT]],
        states: GatewayStates,
        measures: GatewayMeasures,
        draw: Callable[[], float] = lambda: secrets.randbelow(_DRAWS) / _DRAWS,
        read_every: float = _READ_EVERY,
    ) -> None:
        self._gateways = {each.name: each for each in gateways}
        self._decided = _Decided(channel, list(self._gateways), states, read_every)
        self._measures = measures
        self._draw = draw

    async def choose(
        self, wanted: str = "", last: LastTry | None = None, without: Collection[str] = ()
    ) -> Gateway[MessageT, ResultT]:
        """Return the gateway for a message.

        Raises:
            GatewayUnavailableError: an operator has suspended all of them, but those that are not wanted.
        """
        states = [each for each in await self._decided.current() if each.name not in without]
        out_of_order = {name for name, each in self._gateways.items() if each.circuit.is_out_of_order}
        name = choose(states, self._draw(), wanted=wanted, last=last, out_of_order=out_of_order)
        if name is None:
            raise GatewayUnavailableError(self._decided.channel, _SUSPENDED)
        return self._gateways[name]

    async def note_error(self, connection: AsyncConnection, error: GatewayUnavailableError) -> None:
        """Count an error of a gateway, unless it was the message's own, or our own limit."""
        is_its_own = not is_of_one_message(error) and not is_of_our_limits(error)
        if error.gateway in self._gateways and is_its_own:
            await self._measures.note_error(connection, error.gateway)


class AnyGateway(Generic[MessageT, ResultT]):
    """A gateway of a channel that sends what is in no ledger: whichever is chosen for it."""

    def __init__(self, name: str, gateways: Gateways[MessageT, ResultT]) -> None:
        self.name = name
        self._gateways = gateways

    async def send(self, message: MessageT) -> ResultT:
        """Return what the chosen gateway returns.

        Raises:
            GatewayError: as the chosen gateway does.
        """
        gateway = await self._gateways.choose()
        return await gateway.send(message)
