"""A request proven by FranceConnect, as the recoveries take it."""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar

from activities.accounts.roll import Elector
from activities.gateways.identity.provider import Vouched
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactFault
from election.contacts import mask_email
from election.proofs.kinds import Proof
from election.settings import Election
from election.stages import Channel


@dataclass(frozen=True)
class Identified:
    """The identity of whoever came back, sealed as it is; the link goes to the address given with it, by e-mail."""

    form_key: str
    proofs: str
    contact: str
    hint: str
    channel: ClassVar[Channel] = Channel.EMAIL
    kind: ClassVar[Proof] = Proof.IDENTITY


def identified(form_key: str, vouched: Vouched, elector: Elector, election: Election) -> Identified | ContactFault:
    """Return the request that an identity makes, or why no link can go to its address."""
    mailbox = contacts.personal_mailbox(vouched.email, election.work_mail_domains)
    if not isinstance(mailbox, Contact):
        return mailbox
    if mailbox.value.lower() == elector.work_email.lower():
        return ContactFault.WORK_ADDRESS
    return Identified(form_key, json.dumps(asdict(vouched.identity)), mailbox.value, mask_email(mailbox.value))
