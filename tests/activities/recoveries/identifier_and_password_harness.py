"""A test harness for the activities of identifier-and-password recovery (2011), with clicks signed as by the web."""

from dataclasses import dataclass

from activities.accounts.roll import Roll
from activities.accounts.sign_in import SignIn
from activities.recoveries import clicks
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordRequest,
    IdentifierAndPasswords,
    TakeCredentials,
)
from activities.recoveries.links import Links, NewLink
from activities.recoveries.settlements import SettledLinks
from activities.security import sealed_display
from activities.security.purposes import CONTACT
from activities.security.vault import Vault
from election.procedures import Procedure, workflow_id_of
from election.verdicts import LinkVerdict, Verdict
from tests.support.people import CAMILLE, Person
from tests.support.signing import WEB

ELSEWHERE = "camille@exemple.fr"


@dataclass(frozen=True)
class IdentifierAndPasswordHarness:
    """The activities under test, and the parts with which tests check their effects."""

    activities: IdentifierAndPasswords
    roll: Roll
    vault: Vault
    links: Links
    sign_in: SignIn

    async def workflow_id(self, person: Person = CAMILLE) -> str:
        """Return the workflow id of a person's recovery."""
        return workflow_id_of(
            Procedure.IDENTIFIER_AND_PASSWORD, (await self.roll.claimant(person.work_email)).subject
        )

    async def claim(
        self, link_id: str = "link", mailing: str = "", person: Person = CAMILLE
    ) -> IdentifierAndPasswordClaim:
        """Return a person's claim."""
        request = IdentifierAndPasswordRequest(f"request of {link_id}", mailing)
        return IdentifierAndPasswordClaim(await self.workflow_id(person), person.id, request, NewLink(link_id))

    async def order(
        self, seed: str, link_id: str = "link", person: Person = CAMILLE
    ) -> IdentifierAndPasswordOrder:
        """Return the order of a click that the web has signed."""
        workflow_id, contact_id = await self.workflow_id(person), f"typed at {link_id}"
        contact = (await self.vault.seal(workflow_id, contact_id, {CONTACT: ELSEWHERE}))[CONTACT]
        unsigned = TakeCredentials(link_id, sealed_display.public_key_of(seed), contact_id, contact)
        click = clicks.signed(WEB, workflow_id, unsigned)
        return IdentifierAndPasswordOrder(workflow_id, person.id, click, SettledLinks({link_id: LinkVerdict.USED}))

    async def ending(self, link_id: str) -> LinkVerdict | None:
        """Return the stored ending of one of CAMILLE's links, or None."""
        found = await self.links.find(self.links.token(await self.workflow_id(), link_id))
        return found.ending if found else None

    async def password_is_right(self, password: str, person: Person = CAMILLE) -> bool:
        """Return whether a person can sign in with a password."""
        judged = await self.sign_in.check(await self.roll.claimant(person.work_email), password)
        return judged.verdict is Verdict.ACCEPTED

    async def identifier_is_active(self, identifier: str, person: Person = CAMILLE) -> bool:
        """Return whether an identifier is the person's active one at the voting space."""
        return (await self.roll.voting_space_claimant(identifier)).elector_id == person.id
