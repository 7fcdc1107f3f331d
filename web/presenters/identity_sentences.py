"""Sentences for each way in which FranceConnect gives no identity, or no address for the link."""

from activities.gateways.identity.provider import LoginFailure
from activities.sending.contacts import ContactRefusal
from election.text.translation import N_
from election.text.translation import gettext as _

# What to do without the challenge question, and with it.
_UNSURE = (N_("Écrivez à l’assistance."), N_("Répondez à la question défi, ou écrivez à l’assistance."))
_OTHER = (
    N_("Vous pouvez recommencer, ou écrire à l’assistance."),
    N_("Vous pouvez recommencer, ou répondre à la question défi."),
)
_IN_ACCOUNT = (
    N_("Changez-la dans votre compte FranceConnect, ou écrivez à l’assistance."),
    N_("Changez-la dans votre compte FranceConnect, ou répondez à la question défi."),
)
_LATER = (
    N_("Réessayez dans quelques minutes, ou écrivez à l’assistance."),
    N_("Réessayez dans quelques minutes, ou répondez à la question défi."),
)
_FOLLOW = N_("Si vous venez de l’utiliser, suivez votre demande\u202f; sinon, recommencez.")

# A title, what happened, and what to do.
_LOGIN_FAILURES = {
    LoginFailure.CANCELLED: (
        N_("Identification annulée"),
        N_("Vous avez annulé l’identification avec FranceConnect."),
        _OTHER,
    ),
    LoginFailure.EXPIRED: (
        N_("Identification introuvable ou expirée"),
        N_(
            "Elle a commencé dans un autre navigateur, ou il y a trop longtemps, ou l’adresse de retour est incomplète."
        ),
        _OTHER,
    ),
    LoginFailure.REPLAYED: (
        N_("Identification déjà utilisée"),
        N_("Cette identification a déjà servi."),
        (_FOLLOW, _FOLLOW),
    ),
    LoginFailure.TAMPERED: (
        N_("Identification refusée"),
        N_(
            "La réponse reçue n’est pas celle que FranceConnect devait donner\u00a0: elle n’a pas été prise en compte."
        ),
        _OTHER,
    ),
    LoginFailure.UNAVAILABLE: (
        N_("FranceConnect ne répond pas"),
        N_("FranceConnect est indisponible en ce moment."),
        _LATER,
    ),
}
_ADDRESS_REFUSALS = {
    ContactRefusal.MISSING: N_("FranceConnect n’a donné aucune adresse de messagerie à laquelle envoyer le lien."),
    ContactRefusal.NOT_AN_ADDRESS: N_(
        "L’adresse de messagerie donnée par FranceConnect ne peut pas recevoir le lien."
    ),
    ContactRefusal.WORK_ADDRESS: N_(
        "L’adresse de messagerie donnée par FranceConnect est une adresse du ministère\u00a0: le lien doit arriver ailleurs."
    ),
}


def login_failure(failure: LoginFailure, *, has_question: bool) -> tuple[str, str]:
    """Return the title and the text of the page for a login that gave no identity.

    `has_question` is whether the elector can answer the challenge question instead, now.
    """
    title, happened, advice = _LOGIN_FAILURES[failure]
    return _(title), f"{_(happened)} {_(advice[has_question])}"


def address_refusal(refusal: ContactRefusal, *, has_question: bool) -> str:
    """Return why the link cannot go to the address that FranceConnect gave, and what to do."""
    return f"{_(_ADDRESS_REFUSALS[refusal])} {_(_IN_ACCOUNT[has_question])}"


def instead_of_identity(*, has_question: bool) -> str:
    """Return what to do when the identity that FranceConnect gave was refused."""
    return _(_UNSURE[has_question])


def again(*, has_question: bool) -> str:
    """Return the label of the button that leads to the choice of a proof."""
    return _("Prouver autrement qui je suis") if has_question else _("Recommencer")


def leave(*, has_question: bool) -> str:
    """Return the label of the button that ends the session at FranceConnect and leads to the choice of a proof."""
    return (
        _("Quitter FranceConnect et prouver autrement qui je suis") if has_question else _("Quitter FranceConnect")
    )
