"""What voters are told about causes."""

from election.text.translation import N_


class VoterSentence:
    """What the voter can do about a cause, or that there is nothing to do."""

    CHECK_NUMBER = N_("Ce numéro n’existe pas ou ne reçoit pas de SMS\u00a0: vérifiez-le.")
    CHECK_PHONE = N_(
        "Le téléphone n’a pas répondu\u00a0: il est peut-être éteint, hors réseau, ou sa mémoire est pleine. "
        "Vérifiez aussi le numéro."
    )
    CHECK_ADDRESS = N_(
        "La messagerie dit que cette adresse n’existe pas ou ne reçoit pas de courriel\u00a0: vérifiez-la."
    )
    MAILBOX_FULL = N_("Cette messagerie est pleine\u00a0: faites-y de la place, ou donnez une autre adresse.")
    MAIL_REFUSED = N_(
        "La messagerie qui reçoit vos courriels refuse notre message\u00a0: donnez une autre adresse."
    )
    MAIL_NOT_NOW = N_(
        "La messagerie n’accepte pas le message pour l’instant. Si cela dure, donnez une autre adresse."
    )
    OPERATOR_DOWN = N_("La panne est du côté de l’opérateur de SMS. Votre numéro n’est pas en cause.")
    RELAY_DOWN = N_("La panne est du côté de notre serveur de messagerie. Votre adresse n’est pas en cause.")
    PORTAL_DOWN = N_("La panne est du côté du portail. Rien n’est à corriger dans votre demande.")
    BEGIN_AGAIN = N_("Cet envoi ne peut plus être relancé\u00a0: faites une nouvelle demande.")
