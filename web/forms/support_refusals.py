"""Why a message to the support desk was not sent."""

from activities.sending.support_limits import SupportLimit, SupportRefusal
from activities.texts.dates import written_instant
from election.settings import Election
from election.text.translation import N_
from election.text.translation import gettext as _

SUPPORT_UNAVAILABLE = N_(
    "Votre message n’a pas pu être pris en compte\u00a0: le service ne répond pas. Il est encore dans le formulaire\u00a0: "
    "renvoyez-le dans quelques instants, ou joignez l’assistance\u00a0: {contact}."
)

_SUPPORT_LIMITS = {
    SupportLimit.SENDER: N_(
        "Plusieurs messages sont déjà partis de votre part, ou avec cette adresse de réponse."
    ),
    SupportLimit.NETWORK: N_("Beaucoup de messages sont partis de votre réseau en une heure."),
    SupportLimit.ALL: N_("L’assistance reçoit en ce moment trop de messages."),
}


def support_refusal(refused: SupportRefusal, election: Election) -> str:
    """Return why a letter was not sent, until when, and another way to reach the support desk."""
    support = election.support
    when = _("Celui-ci n’est pas parti\u00a0: vous pourrez l’envoyer après le {instant}.")
    call = _("Sans attendre, appelez l’assistance au {telephone} ({hours}).")
    said = [
        _(_SUPPORT_LIMITS[refused.limit]),
        when.format(instant=written_instant(refused.until, election.zone)),
        call.format(telephone=support.shown_telephone, hours=support.shown_hours),
    ]
    return " ".join(said)
