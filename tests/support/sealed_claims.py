"""Challenge forms, filled in and sealed as the door does."""

import json

from activities.recoveries.requests import ChallengeClaim
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from tests.support.people import CAMILLE, Person

WORKFLOW = f"voting-code/{CAMILLE.id}"
PHONE = "+33612345678"


class Forms:
    """Fills in challenge forms, as the door seals and sends them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def send(
        self, request: str, link_id: str, person: Person = CAMILLE, **proofs: str
    ) -> tuple[ChallengeClaim, str]:
        """Return a claim, with right proofs unless said otherwise, and the contact's envelope."""
        typed = {"answer": person.answer, "proof": person.numen, **proofs}
        workflow_id = f"voting-code/{person.id}"
        sealed = await self._vault.seal(workflow_id, request, {PROOFS: json.dumps(typed), CONTACT: PHONE})
        return ChallengeClaim(workflow_id, person.id, request, sealed[PROOFS], link_id, "sms"), sealed[CONTACT]
