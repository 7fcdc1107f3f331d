"""A request for a voting code, proven by FranceConnect."""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar

from activities.accounts.roll import Elector
from activities.gateways.identity.provider import VerifiedIdentity
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactRefusal
from activities.texts import wishes
from election.contacts import mask_email
from election.proofs.kinds import Proof
from election.settings import Election
from election.stages import Channel


@dataclass(frozen=True)
class FranceConnectRequest:
    """The identity that FranceConnect gave, as JSON, and the address given with it; `hint` is its mask."""

    form_id: str
    proofs: str
    contact: str
    hint: str
    wording: ClassVar[str] = wishes.FRANCE_CONNECT.id
    channel: ClassVar[Channel] = Channel.EMAIL
    kind: ClassVar[Proof] = Proof.IDENTITY


def request_of(
    form_id: str, verified: VerifiedIdentity, elector: Elector, election: Election
) -> FranceConnectRequest | ContactRefusal:
    """Return the request for an identity, or why no link can be sent to its address."""
    mailbox = contacts.personal_mailbox(verified.email, election.work_mail_domains)
    if not isinstance(mailbox, Contact):
        return mailbox
    if mailbox.value.lower() == elector.work_email.lower():
        return ContactRefusal.WORK_ADDRESS
    identity = json.dumps(asdict(verified.identity))
    return FranceConnectRequest(form_id, identity, mailbox.value, mask_email(mailbox.value))
