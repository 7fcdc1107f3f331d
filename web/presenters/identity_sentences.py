"""Sentences for each way in which FranceConnect gives no identity, or no address for the link."""

from activities.gateways.identity.provider import LoginFailure
from activities.sending.contacts import ContactRefusal

_OTHER = "Vous pouvez recommencer, ou répondre à la question défi."
_IN_ACCOUNT = "Changez-la dans votre compte FranceConnect, ou répondez à la question défi."

LOGIN_FAILURES = {
    LoginFailure.CANCELLED: (
        "Identification annulée",
        f"Vous avez annulé l’identification avec FranceConnect. {_OTHER}",
    ),
    LoginFailure.EXPIRED: (
        "Identification introuvable ou expirée",
        f"Elle a commencé dans un autre navigateur, ou il y a trop de temps, ou l’adresse de retour est incomplète. {_OTHER}",
    ),
    LoginFailure.REPLAYED: (
        "Identification déjà utilisée",
        "Cette identification a déjà servi. Si vous venez de l’utiliser, suivez votre demande\u202f; sinon, recommencez.",
    ),
    LoginFailure.TAMPERED: (
        "Identification refusée",
        f"La réponse reçue n’est pas celle que FranceConnect devait donner\u00a0: elle n’a pas été prise en compte. {_OTHER}",
    ),
    LoginFailure.UNAVAILABLE: (
        "FranceConnect ne répond pas",
        "FranceConnect est indisponible en ce moment. Réessayez dans quelques minutes, ou répondez à la question défi.",
    ),
}
ADDRESS_REFUSALS = {
    ContactRefusal.MISSING: f"FranceConnect n’a donné aucune adresse de messagerie à laquelle envoyer le lien. {_IN_ACCOUNT}",
    ContactRefusal.NOT_AN_ADDRESS: f"L’adresse de messagerie donnée par FranceConnect ne peut pas recevoir le lien. {_IN_ACCOUNT}",
    ContactRefusal.WORK_ADDRESS: "L’adresse de messagerie donnée par FranceConnect est une adresse du ministère\u00a0: "
    f"le lien doit arriver ailleurs. {_IN_ACCOUNT}",
}
