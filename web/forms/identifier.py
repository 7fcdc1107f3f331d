"""The form for a new identifier: each field with its rule and its sentences."""

from activities.sending import contacts
from activities.sending.contacts import Contact
from activities.texts import wishes
from election.contacts import mask_phone
from election.proofs import birth_dates, numen
from election.settings import Election
from web.clients.identifier import IdentifierRequest
from web.forms.submitted_form import Form
from web.presenters import sentences

_WRONG_DATE = "Écrivez la date ainsi\u00a0: 02/05/1985."
_SHORT_YEAR = "Écrivez l’année avec ses quatre chiffres, comme dans 02/05/1985."


def request_of(form: Form, election: Election) -> IdentifierRequest | None:
    """Return the request of a form, or None with an error noted for each wrong field."""
    phone = contacts.mobile(form["phone"], election.sms)
    form.require("phone", "Indiquez le numéro de mobile où recevoir le SMS.")
    if not isinstance(phone, Contact) and form["phone"].strip():
        form.errors.setdefault("phone", sentences.contact_refusal(phone))
    form.require("numen", "Indiquez votre NUMEN.")
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", sentences.WRONG_NUMEN_SHAPE)
    form.require("birth_date", "Indiquez votre date de naissance.")
    if birth_dates.normalise(form["birth_date"]) is None:
        is_short = birth_dates.has_short_year(form["birth_date"])
        form.errors.setdefault("birth_date", _SHORT_YEAR if is_short else _WRONG_DATE)
    form.require_wording(wishes.IDENTIFIER)
    if not form.is_valid or not isinstance(phone, Contact):
        return None
    return IdentifierRequest(
        form["form_id"],
        form["numen"],
        form["birth_date"],
        phone.value,
        mask_phone(phone.value),
        form["wording"],
    )
