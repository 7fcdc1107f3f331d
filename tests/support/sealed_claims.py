"""Claims with a challenge's answer and number, sealed as the web seals them."""

import json

from activities.recoveries.links import NewLink
from activities.recoveries.requests import VotingCodeClaim, VotingCodeSubmission
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel
from tests.support.people import CAMILLE, Person

WORKFLOW = workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id)
PHONE = "+33612345678"
HINT = "•• •• •• •• 78"


class SealedClaims:
    """Makes claims as the web does from a challenge form."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def make(
        self, request_id: str, link_id: str, person: Person = CAMILLE, **proofs: str
    ) -> tuple[VotingCodeClaim, str]:
        """Return a claim with the person's proofs, or those in `proofs`, and the contact's envelope."""
        typed = {"answer": person.answer, "proof": person.numen, **proofs}
        workflow_id = workflow_id_of(Procedure.VOTING_CODE, person.id)
        sealed = await self._vault.seal(workflow_id, request_id, {PROOFS: json.dumps(typed), CONTACT: PHONE})
        submission = VotingCodeSubmission(request_id, Channel.SMS, sealed[PROOFS], sealed[CONTACT], HINT)
        return VotingCodeClaim(workflow_id, person.id, submission, NewLink(link_id)), sealed[CONTACT]
