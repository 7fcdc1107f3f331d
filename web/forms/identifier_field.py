"""The field for what an elector types first: a work address, and on some pages the notice's identifier as well."""

from election.text.translation import gettext as _
from web.forms.submitted_form import Form


def require_identifier(form: Form, *, may_be_of_notice: bool = False) -> None:
    """Note an error when the field is empty, which asks for what its label asks for."""
    form.require(
        "identifier",
        _("Indiquez votre adresse professionnelle ou votre identifiant électeur.")
        if may_be_of_notice
        else _("Indiquez votre adresse professionnelle."),
    )
