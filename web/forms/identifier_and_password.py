"""The two forms behind a link of identifier and password: each field with its rule and its sentences."""

from activities.accounts.roll import Elector
from activities.sending import contacts
from activities.sending.contacts import Contact, ContactRefusal
from activities.texts import wishes
from election.proofs import numen
from election.proofs.departments import DEPARTMENTS
from election.text.folding import address_in
from election.text.translation import N_
from election.text.translation import gettext as _
from web.forms.contact_refusals import contact_refusal
from web.forms.submitted_form import Form
from web.presenters import sentences

_WORK_ADDRESS = N_(
    "C’est votre adresse professionnelle\u00a0: choisissez «\u00a0Ma messagerie professionnelle\u00a0», "
    "ou indiquez-en une autre."
)
_MISMATCH = N_("Les deux adresses ne sont pas les mêmes. Vérifiez-les.")


def identity_is_filled_in(form: Form) -> bool:
    """Return whether NUMEN and département can be checked against the roll; note an error for each wrong field."""
    form.require("numen", _("Indiquez votre NUMEN."))
    if numen.normalise(form["numen"]) is None:
        form.errors.setdefault("numen", _(sentences.WRONG_NUMEN_SHAPE))
    if form["birth_department"] not in DEPARTMENTS:
        form.errors.setdefault("birth_department", _("Choisissez votre département de naissance dans la liste."))
    return form.is_valid


def address_of(form: Form, elector: Elector) -> str | None:
    """Return where the identifier is sent, or None with an error noted for each wrong field."""
    form.require_wording(wishes.IDENTIFIER_AND_PASSWORD)
    match form["destination"]:
        case "work":
            for name in ("email", "email_again"):  # not used
                form.errors.pop(name, None)
            return elector.work_email if form.is_valid else None
        case "other":
            return _other_address(form, elector)
        case _:
            form.errors.setdefault("destination", _("Choisissez l’adresse qui recevra votre identifiant."))
            return None


def _other_address(form: Form, elector: Elector) -> str | None:
    form.require("email", _("Indiquez l’adresse qui recevra votre identifiant."))
    # Any mailbox is allowed (2011): the password is shown on the screen, which is the second channel.
    found = contacts.personal_mailbox(form["email"], ())
    if isinstance(found, ContactRefusal) and form["email"].strip():
        form.errors.setdefault("email", contact_refusal(found))
    elif isinstance(found, Contact) and found.value.lower() == elector.work_email.lower():
        form.errors.setdefault("email", _(_WORK_ADDRESS))
    if address_in(form["email"]).lower() != address_in(form["email_again"]).lower():
        form.errors.setdefault("email_again", _(_MISMATCH))
    return found.value if isinstance(found, Contact) and form.is_valid else None
