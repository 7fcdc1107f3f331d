"""What the gateways of both channels have in common."""

from typing import Protocol, TypeVar

MessageT_contra = TypeVar("MessageT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Gateway(Protocol[MessageT_contra, ResultT_co]):
    """A gateway of either channel."""

    name: str

    async def send(self, message: MessageT_contra) -> ResultT_co:
        """Return once the message is accepted."""
        ...
