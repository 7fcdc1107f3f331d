"""A request for a voting code, proven by the challenge question."""

import json
from dataclasses import dataclass
from typing import ClassVar

from election.proofs.kinds import Proof
from election.stages import Channel


@dataclass(frozen=True)
class ChallengeRequest:
    """A challenge form whose fields are all valid; `form_id` is the form's own, `hint` the masked contact.

    `wording` is the id of the sentence that the voter agreed to.
    """

    form_id: str
    answer: str
    datum: str
    channel: Channel
    contact: str
    hint: str
    wording: str = ""
    kind: ClassVar[Proof] = Proof.CHALLENGE

    @property
    def proofs(self) -> str:
        """The proofs as JSON, to be sealed."""
        return json.dumps({"answer": self.answer, "proof": self.datum})
