"""The form for a new identifier: each field with its rule and its sentences."""

from collections.abc import Mapping

from activities.sending import contacts
from activities.sending.contacts import Contact
from election.contacts import mask_phone
from election.proofs import birth_dates, numen
from election.settings import Election
from election.text.translation import N_
from election.text.translation import gettext as _
from web.clients.identifier import IdentifierRequest
from web.forms.contact_refusals import contact_refusal
from web.forms.submitted_form import Form
from web.presenters import sentences

_WRONG_DATE = N_("Écrivez la date ainsi\u00a0: 02/05/1985.")
_SHORT_YEAR = N_("Écrivez l’année avec ses quatre chiffres, comme dans 02/05/1985.")


SECRETS = ("numen", "birth_date")
FIELDS = ("phone", *SECRETS)


def answers_of(form: Form, kept: Mapping[str, str], election: Election) -> dict[str, str]:
    """Return the answers that are right in shape, as typed or, of an empty field, as `kept`; note an error for each other."""
    form.keep(kept, *SECRETS)
    form.require("phone", _("Indiquez le numéro de mobile où recevoir le SMS."))
    phone = contacts.mobile(form["phone"], election.sms)
    if not isinstance(phone, Contact) and form["phone"].strip():
        form.errors.setdefault("phone", contact_refusal(phone))
    form.require("numen", _("Indiquez votre NUMEN."))
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", _(sentences.WRONG_NUMEN_SHAPE))
    form.require("birth_date", _("Indiquez votre date de naissance."))
    if birth_dates.normalise(form["birth_date"]) is None:
        is_short = birth_dates.has_short_year(form["birth_date"])
        form.errors.setdefault("birth_date", _(_SHORT_YEAR if is_short else _WRONG_DATE))
    return {name: form[name] for name in FIELDS if name not in form.errors}


def request_of(form_id: str, wording: str, answers: Mapping[str, str], phone: Contact) -> IdentifierRequest:
    """Return the request with answers that are right in shape, and the number in its normal form."""
    return IdentifierRequest(
        form_id, answers["numen"], answers["birth_date"], phone.value, mask_phone(phone.value), wording
    )
