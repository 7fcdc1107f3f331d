"""A request for a voting code, proven by the challenge question."""

import json
from dataclasses import dataclass
from typing import ClassVar

from election.proofs.kinds import Proof
from election.stages import Channel


@dataclass(frozen=True)
class ChallengeRequest:
    """A challenge form whose fields are all valid; `form_id` is the form's own, `hint` the masked contact."""

    form_id: str
    answer: str
    numen_or_nir: str
    channel: Channel
    contact: str
    hint: str
    kind: ClassVar[Proof] = Proof.CHALLENGE

    @property
    def proofs(self) -> str:
        """The proofs as JSON, to be sealed."""
        return json.dumps({"answer": self.answer, "proof": self.numen_or_nir})
