"""The form that asks where the link goes: the channel, and the number or the address."""

from dataclasses import dataclass

from activities.accounts.roll import Elector
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactRefusal
from election.contacts import mask_email, mask_phone
from election.settings import Election
from election.stages import Channel
from election.text.translation import N_
from election.text.translation import gettext as _
from web.forms.contact_refusals import contact_refusal
from web.forms.submitted_form import Form

DESTINATION = ("channel", "phone", "email")
MISSING_CONTACT = {
    Channel.SMS: N_("Indiquez le numéro de mobile qui recevra le SMS."),
    Channel.EMAIL: N_("Indiquez l’adresse personnelle qui recevra le courriel."),
}
FIELD_OF = {Channel.SMS: "phone", Channel.EMAIL: "email"}


@dataclass(frozen=True)
class Destination:
    """A channel, and the number or the address in its normal form."""

    channel: Channel
    contact: str

    @property
    def hint(self) -> str:
        """The contact, masked."""
        return mask_phone(self.contact) if self.channel is Channel.SMS else mask_email(self.contact)


def destination_of(form: Form, elector: Elector, election: Election) -> Destination | None:
    """Return the destination of a form, or None with an error noted for each wrong field."""
    allowed = {channel.value: channel for channel in election.voting_code_recovery.channels}
    channel = allowed.get(form["channel"])
    if channel is None:
        form.errors.setdefault("channel", _("Choisissez comment recevoir le lien."))
        return None
    for other in FIELD_OF.keys() - {channel}:
        form.errors.pop(FIELD_OF[other], None)  # not used
    contact = _contact(form, channel, elector, election)
    return Destination(channel, contact.value) if contact and form.is_valid else None


def personal_address(typed: str, elector: Elector, election: Election) -> Contact | ContactRefusal:
    """Return an address to which an elector's link may go, or why it may not: it is not the work mailbox either."""
    found = contacts.personal_mailbox(typed, election.work_mail_domains)
    is_work = isinstance(found, Contact) and found.value.lower() == elector.work_email.lower()
    return ContactRefusal.WORK_ADDRESS if is_work else found


def _contact(form: Form, channel: Channel, elector: Elector, election: Election) -> Contact | None:
    name = FIELD_OF[channel]
    if name in form.errors:
        return None
    found = (
        contacts.mobile(form[name], election.sms)
        if channel is Channel.SMS
        else personal_address(form[name], elector, election)
    )
    if isinstance(found, Contact):
        return found
    has_other_channel = len(election.voting_code_recovery.channels) > 1
    form.errors[name] = (
        _(MISSING_CONTACT[channel])
        if found is ContactRefusal.MISSING
        else contact_refusal(found, has_other_channel=has_other_channel)
    )
    return None
