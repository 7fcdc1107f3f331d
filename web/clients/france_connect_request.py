"""A request for a voting code, proven by FranceConnect."""

from dataclasses import dataclass
from typing import ClassVar

from activities.texts import wishes
from election.proofs.kinds import Proof
from election.stages import Channel


@dataclass(frozen=True)
class FranceConnectRequest:
    """The identity that FranceConnect gave, as JSON, and the address given with it; `hint` is its mask."""

    form_id: str
    proofs: str
    contact: str
    hint: str
    channel: ClassVar[Channel] = Channel.EMAIL
    kind: ClassVar[Proof] = Proof.IDENTITY

    @property
    def wording(self) -> str:
        """The id of the sentence that the voter agreed to, in the language that is spoken."""
        return wishes.FRANCE_CONNECT.id
