"""The form of the challenge question: the secret answer and a datum of the roll, each with its rule and its sentence."""

from collections.abc import Mapping

from election.proofs import data
from election.settings import Election
from election.text.translation import gettext as _
from web.forms.submitted_form import Form
from web.presenters.proof_texts import proof_texts

PROOFS = ("answer", "proof")


def proofs_of(form: Form, kept: Mapping[str, str], election: Election) -> dict[str, str]:
    """Return the proofs that are right in shape, as typed or, of an empty field, as `kept`; note an error for each other."""
    texts, asked = proof_texts(election), election.voting_code_recovery.proofs
    form.keep(kept, *PROOFS)
    form.require("answer", _("Indiquez votre réponse secrète."))
    form.require("proof", texts.missing)
    if not any(data.normalise(datum, form["proof"], election.proof_datum) for datum in asked):
        form.errors.setdefault("proof", texts.wrong_shape)
    return {name: form[name] for name in PROOFS if name not in form.errors}
