"""The sentences by which a voter asks, of their own will, for a message to a private number or address.

CNIL, FAQ of 2022 on electronic voting, question 11: a private contact is used only at its owner's own wish. The sentence stands
above the button that sends the form; the form carries its id, and the journal keeps it with the request.
"""

from dataclasses import dataclass
from hashlib import sha256

from election.stages import Channel
from election.text.translation import N_, gettext


@dataclass(frozen=True)
class Wish:
    """A sentence; its id is its SHA-256 in 64 hexadecimal characters, so that anybody can tell which sentence it was.

    Whoever reads it in another language agrees to its translation, and the journal has the id of that.
    """

    text: str

    @property
    def id(self) -> str:
        """The SHA-256 of the sentence in UTF-8, in the language that is spoken."""
        return sha256(gettext(self.text).encode()).hexdigest()


VOTING_CODE_BY = {
    Channel.SMS: Wish(
        N_(
            "En envoyant cette page, je demande de ma propre initiative que le lien soit envoyé au numéro que j’indique."
        )
    ),
    Channel.EMAIL: Wish(
        N_(
            "En envoyant cette page, je demande de ma propre initiative que le lien soit envoyé à l’adresse que j’indique."
        )
    ),
}
FRANCE_CONNECT = Wish(
    N_(
        "En m’identifiant ainsi, je demande de ma propre initiative que le lien soit envoyé à l’adresse que FranceConnect transmet."
    )
)
IDENTIFIER = Wish(
    N_(
        "En envoyant cette page, je demande de ma propre initiative que le nouvel identifiant soit envoyé au numéro que j’indique."
    )
)
IDENTIFIER_AND_PASSWORD = Wish(
    N_(
        "En envoyant cette page, je demande de ma propre initiative que l’identifiant soit envoyé à l’adresse que je choisis."
    )
)

# A sentence that was once in a release stays here when another replaces it, and so does a translation: the journal has its id.
_TO_NUMBER_OR_ADDRESS = Wish(
    N_(
        "En envoyant cette page, je demande de ma propre initiative que le lien soit envoyé au numéro ou à l’adresse que j’indique."
    )
)
EVERY = (*VOTING_CODE_BY.values(), _TO_NUMBER_OR_ADDRESS, FRANCE_CONNECT, IDENTIFIER, IDENTIFIER_AND_PASSWORD)
