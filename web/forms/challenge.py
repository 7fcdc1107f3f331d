"""The challenge form: each field with its rule and its sentences."""

from activities.accounts.roll import Elector
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactRefusal
from election.contacts import mask_email, mask_phone
from election.proofs import nir, numen
from election.settings import Election
from election.stages import Channel
from web.clients.challenge_request import ChallengeRequest
from web.forms.submitted_form import Form
from web.presenters import sentences

WRONG_PROOF_SHAPE = "Ni un NUMEN (13 caractères, comme 12A3456789BCD), ni les 10 premiers caractères d’un numéro de sécurité sociale."
MISSING_CONTACT = {
    Channel.SMS: "Indiquez le numéro de mobile qui recevra le SMS.",
    Channel.EMAIL: "Indiquez l’adresse personnelle qui recevra le courriel.",
}
_FIELD = {Channel.SMS: "phone", Channel.EMAIL: "email"}


def request_of(form: Form, elector: Elector, election: Election) -> ChallengeRequest | None:
    """Return the request of a form, or None with an error noted for each wrong field."""
    form.require("answer", "Indiquez votre réponse secrète.")
    form.require(
        "proof", "Indiquez votre NUMEN ou les 10 premiers caractères de votre numéro de sécurité sociale."
    )
    if "proof" not in form.errors and not (numen.normalise(form["proof"]) or nir.normalise(form["proof"])):
        form.errors["proof"] = WRONG_PROOF_SHAPE
    channel = _channel(form, election)
    contact = _contact(form, channel, elector, election) if channel else None
    if channel is None or contact is None or not form.is_valid:
        return None
    hint = mask_phone(contact.value) if channel is Channel.SMS else mask_email(contact.value)
    return ChallengeRequest(form["form_id"][:64], form["answer"], form["proof"], channel, contact.value, hint)


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
    domains = election.work_mail_domains
    typed = form[name]
    found = contacts.mobile(typed) if channel is Channel.SMS else contacts.personal_mailbox(typed, domains)
    if isinstance(found, Contact) and found.value.lower() == elector.work_email.lower():
        found = ContactRefusal.WORK_ADDRESS
    if isinstance(found, Contact):
        return found
    form.errors[name] = (
        MISSING_CONTACT[channel] if found is ContactRefusal.MISSING else sentences.CONTACT_REFUSALS[found]
    )
    return None
