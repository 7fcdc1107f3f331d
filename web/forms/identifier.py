"""The form for a new identifier: each field with its rule and its sentences."""

from activities.sending import contacts
from activities.sending.contacts import Contact
from election.contacts import mask_phone
from election.proofs import birth_dates, numen
from web.clients.identifier import IdentifierRequest
from web.forms.submitted_form import Form
from web.presenters import sentences


def request_of(form: Form) -> IdentifierRequest | None:
    """Return the request of a form, or None with an error noted for each wrong field."""
    phone = contacts.mobile(form["phone"])
    form.require("phone", "Indiquez le numéro de mobile où recevoir le SMS.")
    if not isinstance(phone, Contact) and form["phone"].strip():
        form.errors.setdefault("phone", sentences.CONTACT_REFUSALS[phone])
    form.require("numen", "Indiquez votre NUMEN.")
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", sentences.WRONG_NUMEN_SHAPE)
    form.require("birth_date", "Indiquez votre date de naissance.")
    if birth_dates.normalise(form["birth_date"]) is None:
        form.errors.setdefault("birth_date", "Écrivez la date ainsi\u00a0: 02/05/1985.")
    if form.errors or not isinstance(phone, Contact):
        return None
    return IdentifierRequest(
        form["form_id"], form["numen"], form["birth_date"], phone.value, mask_phone(phone.value)
    )
