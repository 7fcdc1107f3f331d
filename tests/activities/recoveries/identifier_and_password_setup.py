"""All that a test of identifier and password together (2011) needs, and clicks as the web signs them."""

from dataclasses import dataclass, replace

from activities.accounts.roll import Roll
from activities.accounts.sign_in import SignIn
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordRequest,
    IdentifierAndPasswords,
    TakeCredentials,
)
from activities.recoveries.links import Links, NewLink
from activities.recoveries.requests import SettledLinks
from activities.security import sealed_display
from activities.security.purposes import CONTACT
from activities.security.vault import Vault
from election.verdicts import LinkVerdict, Verdict
from tests.support.people import CAMILLE, Person

ELSEWHERE = "camille@exemple.fr"


@dataclass(frozen=True)
class IdentifierAndPasswordDesk:
    """The activities, and what judges their effects."""

    codes: IdentifierAndPasswords
    roll: Roll
    vault: Vault
    links: Links
    sign_in: SignIn

    async def place(self, person: Person = CAMILLE) -> str:
        """Return the id of somebody's recovery."""
        return f"identifier-and-password/{(await self.roll.claimant(person.work_email)).subject}"

    async def claim(
        self, link: str = "link", campaign: str = "", person: Person = CAMILLE
    ) -> IdentifierAndPasswordClaim:
        """Return a claim of somebody on the roll."""
        request = IdentifierAndPasswordRequest(f"request of {link}", campaign)
        return IdentifierAndPasswordClaim(await self.place(person), person.id, request, NewLink(link))

    async def order(self, seed: str, link: str = "link", person: Person = CAMILLE) -> IdentifierAndPasswordOrder:
        """Return the order of a click that the web has signed."""
        place, contact_id = await self.place(person), f"typed at {link}"
        contact = (await self.vault.seal(place, contact_id, {CONTACT: ELSEWHERE}))[CONTACT]
        unsigned = TakeCredentials(link, sealed_display.public_key_of(seed), "", contact_id, contact)
        signature = self.links.sign_click(place, link, unsigned.signed_payload)
        click = replace(unsigned, signature=signature)
        return IdentifierAndPasswordOrder(place, person.id, click, SettledLinks({link: LinkVerdict.USED}))

    async def ending(self, link: str) -> LinkVerdict | None:
        """Return what is noted of a link of CAMILLE's."""
        found = await self.links.find(self.links.token(await self.place(), link))
        return found.ending if found else None

    async def lets_in(self, password: str, person: Person = CAMILLE) -> bool:
        """Return whether a password is somebody's."""
        judged = await self.sign_in.check(await self.roll.claimant(person.work_email), password)
        return judged.verdict is Verdict.TAKEN

    async def opens(self, identifier: str, person: Person = CAMILLE) -> bool:
        """Return whether an identifier is somebody's, at the voting space."""
        return (await self.roll.voter(identifier)).elector_id == person.id
