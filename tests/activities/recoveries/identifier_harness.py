"""A test harness for the activities of identifier recovery, with forms sealed as by the web."""

import json
from dataclasses import dataclass
from datetime import date

from activities.proofs.numen import NumenProof
from activities.recoveries.identifier import IdentifierClaim, Identifiers, IdentifierSubmission
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election.procedures import Procedure, workflow_id_of
from tests.support.people import CAMILLE, Person

PHONE = "+33612345678"
HINT = "•• •• •• •• 78"


@dataclass(frozen=True)
class IdentifierHarness:
    """The activities under test, and the parts with which tests seal and unseal."""

    identifiers: Identifiers
    proof: NumenProof
    vault: Vault

    async def claim(
        self,
        request_id: str,
        person: Person = CAMILLE,
        phone: str = PHONE,
        failed_request_id: str = "",
        **proofs: str,
    ) -> IdentifierClaim:
        """Return the claim of an elector who has signed in, with right proofs unless `proofs` overrides them (`elector=""`)."""
        workflow_id = workflow_id_of(Procedure.IDENTIFIER, self.proof.subject(person.numen))
        born = f"{date.fromisoformat(person.birth_date):%d/%m/%Y}"
        typed = {"numen": person.numen, "birth_date": born, "elector": person.id, **proofs}
        sealed = await self.vault.seal(workflow_id, request_id, {PROOFS: json.dumps(typed), CONTACT: phone})
        submission = IdentifierSubmission(request_id, sealed[PROOFS], sealed[CONTACT], HINT)
        return IdentifierClaim(workflow_id, submission, failed_request_id=failed_request_id)
