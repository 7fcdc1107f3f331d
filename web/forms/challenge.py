"""The challenge form: each field with its rule and its sentences."""

from activities.accounts.roll import Elector
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactRefusal
from activities.texts import wishes
from election.contacts import mask_email, mask_phone
from election.proofs import data
from election.settings import Election
from election.stages import Channel
from web.clients.challenge_request import ChallengeRequest
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.presenters.proof_texts import proof_texts

MISSING_CONTACT = {
    Channel.SMS: "Indiquez le numéro de mobile qui recevra le SMS.",
    Channel.EMAIL: "Indiquez l’adresse personnelle qui recevra le courriel.",
}
_FIELD = {Channel.SMS: "phone", Channel.EMAIL: "email"}


def request_of(form: Form, elector: Elector, election: Election) -> ChallengeRequest | None:
    """Return the request of a form, or None with an error noted for each wrong field."""
    form.require("answer", "Indiquez votre réponse secrète.")
    _check_proof(form, election)
    form.require_wording(wishes.VOTING_CODE)
    channel = _channel(form, election)
    contact = _contact(form, channel, elector, election) if channel else None
    if channel is None or contact is None or not form.is_valid:
        return None
    hint = mask_phone(contact.value) if channel is Channel.SMS else mask_email(contact.value)
    return ChallengeRequest(
        form["form_id"], form["answer"], form["proof"], channel, contact.value, hint, form["wording"]
    )


def _check_proof(form: Form, election: Election) -> None:
    texts, proofs = proof_texts(election), election.voting_code_recovery.proofs
    form.require("proof", texts.missing)
    if not any(data.normalise(datum, form["proof"], election.proof_datum) for datum in proofs):
        form.errors.setdefault("proof", texts.wrong_shape)


def _channel(form: Form, election: Election) -> Channel | None:
    allowed = {channel.value: channel for channel in election.voting_code_recovery.channels}
    channel = allowed.get(form["channel"])
    if channel is None:
        form.errors.setdefault("channel", "Choisissez comment recevoir le lien.")
    return channel


def _contact(form: Form, channel: Channel, elector: Elector, election: Election) -> Contact | None:
    name = _FIELD[channel]
    if name in form.errors:
        return None
    found = (
        contacts.mobile(form[name], election.sms)
        if channel is Channel.SMS
        else contacts.personal_mailbox(form[name], election.work_mail_domains)
    )
    if isinstance(found, Contact) and found.value.lower() == elector.work_email.lower():
        found = ContactRefusal.WORK_ADDRESS
    if isinstance(found, Contact):
        return found
    has_other_channel = len(election.voting_code_recovery.channels) > 1
    form.errors[name] = (
        MISSING_CONTACT[channel]
        if found is ContactRefusal.MISSING
        else sentences.contact_refusal(found, has_other_channel=has_other_channel)
    )
    return None
