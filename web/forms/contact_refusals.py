"""Sentences for each contact to which no message may go."""

from activities.sending.contacts import ContactRefusal
from election.text.translation import N_
from election.text.translation import gettext as _

_REFUSALS = {
    ContactRefusal.NOT_A_PHONE: N_(
        "Ce numéro n’est pas un numéro de téléphone. S’il commence par 0, il a dix chiffres\u00a0: 06\u00a012\u00a034\u00a056\u00a078. "
        "Hors métropole, commencez par + et l’indicatif."
    ),
    ContactRefusal.NOT_AN_ADDRESS: N_(
        "Cette adresse n’a pas la forme d’une adresse de messagerie. Exemple\u00a0: prenom.nom@exemple.fr."
    ),
    ContactRefusal.WORK_ADDRESS: N_(
        "Cette adresse est une adresse du ministère. Indiquez une adresse personnelle."
    ),
}
# A number to which no SMS is sent; what to do is added.
_NUMBER_REFUSALS = {
    ContactRefusal.NOT_A_MOBILE: N_("Ce numéro n’est pas celui d’un mobile\u00a0: un SMS ne peut pas y arriver."),
    ContactRefusal.UNKNOWN_ABROAD: N_(
        "Ce numéro étranger n’est pas reconnu comme celui d’un mobile\u00a0: vérifiez l’indicatif et les chiffres."
    ),
    ContactRefusal.INTERNATIONAL_NETWORK: N_(
        "Ce numéro est celui d’un téléphone satellitaire ou d’un service international\u00a0: nous n’y envoyons pas de SMS."
    ),
    ContactRefusal.COUNTRY_NOT_SERVED: N_("Cette élection n’envoie pas de SMS vers le pays de ce numéro."),
}


def contact_refusal(refusal: ContactRefusal, *, has_other_channel: bool = False) -> str:
    """Return why a message cannot go where the voter asks, and what to do; `has_other_channel` if the form offers e-mail too."""
    if refusal not in _NUMBER_REFUSALS:
        return _(_REFUSALS[refusal])
    advice = (
        _("Indiquez un autre mobile, choisissez le courriel ou écrivez à l’assistance.")
        if has_other_channel
        else _("Indiquez un autre mobile ou écrivez à l’assistance.")
    )
    return f"{_(_NUMBER_REFUSALS[refusal])} {advice}"
