"""The name that an SMS shows as its sender: a name of the organiser's own, since operators block generic ones.

Source: af2m, Charte Business Messaging and « Protection des OADC sensibles »: up to 11 letters or digits, not digits
alone, no generic word; operators block others since 10 March 2025. Their list of words is not public: this one has words
of ours, and the ones that gateways (smsmode) give as examples.
"""

from typing import Annotated

from pydantic import AfterValidator

from election.rules.texts import matching

_GENERIC = frozenset(
    (
        *(
            "ALERT",
            "ALERTE",
            "AMENDE",
            "AVIS",
            "BANK",
            "BANQUE",
            "CODE",
            "CODEVOTE",
            "COLIS",
            "CONTACT",
            "ELECTION",
        ),
        *("ELECTIONS", "ELECTIONPRO", "GOUV", "INFO", "INFOS", "LIEN", "LIVRAISON", "MESSAGE", "NOTICE", "NOTIF"),
        *(
            "OTP",
            "PAIEMENT",
            "RAPPEL",
            "RDV",
            "SCRUTIN",
            "SECURITE",
            "SERVICE",
            "SMS",
            "SUPPORT",
            "URGENT",
            "VOTE",
        ),
        *("VOTES", "VOTING"),
    )
)


def _own_name(sender: str) -> str:
    if sender.isdecimal():
        raise ValueError(f"`{sender}` has digits only, which operators block: write a name of the organiser's")
    if sender.upper().rstrip("0123456789") in _GENERIC:
        raise ValueError(
            f"`{sender}` is a generic name, which operators block since March 2025 (af2m, Charte Business Messaging): "
            "write a name of the organiser's, registered with the SMS operator"
        )
    return sender


SmsSender = Annotated[
    str,
    AfterValidator(matching("[A-Za-z0-9]{1,11}", "1 to 11 letters without accents or digits, without spaces")),
    AfterValidator(_own_name),
]
