"""Secrets in messages to the support desk are found by their shapes; ordinary sentences stay as they are."""

import pytest

from election.shapes import VotingCodeShape
from web.forms.redaction import REDACTED, redact

_SHAPE = VotingCodeShape()


@pytest.mark.parametrize(
    ("typed", "left", "secret"),
    [
        ("Mon NUMEN est 12a3456789bcd.", f"Mon NUMEN est {REDACTED}.", "un NUMEN"),
        ("12 A 3456789 BCD ne marche pas", f"{REDACTED} ne marche pas", "un NUMEN"),
        ("numéro 2 85 05 78 006 refusé", f"numéro {REDACTED} refusé", "un numéro de sécurité sociale"),
        ("numéro 185052A006 refusé", f"numéro {REDACTED} refusé", "un numéro de sécurité sociale"),
        ("2850578006084 36", f"{REDACTED} 36", "un numéro de sécurité sociale"),
        ("Le code AD4#KT7+XRQ9M=HU est refusé", f"Le code {REDACTED} est refusé", "un code de vote"),
        ("ad4# kt7+ xrq9 m=hu", REDACTED, "un code de vote"),
        ("code : AD4#KT7+XRQ9M=HU.", f"code : {REDACTED}.", "un code de vote"),
        ("J’ai tapé Soleil2022! sans effet", f"J’ai tapé {REDACTED} sans effet", "un mot de passe"),
        ("Mon mot de passe « Marronnier75 »", f"Mon mot de passe « {REDACTED} »", "un mot de passe"),
        ("mdp=Chêne-de-1789", REDACTED, "un mot de passe"),
        ("http://x.fr/lien/aB3_d-9 est mort", f"http://x.fr/lien/{REDACTED} est mort", "un lien personnel"),
    ],
)
def test_a_secret_is_deleted_and_named(typed: str, left: str, secret: str) -> None:
    """The rest can be sent; the voter reads what was deleted."""
    redacted = redact(typed, _SHAPE)
    assert (redacted.text, redacted.secrets) == (left, (secret,))


@pytest.mark.parametrize(
    "typed",
    [
        "Bonjour,\n\nLe SMS n’arrive pas depuis 14 h 32, heure de La Réunion (06 12 34 56 78).",
        "Mon mot de passe est refusé alors que je le recopie exactement. Que faire ?",
        "Le code de vote affiché a disparu au bout de 120 secondes, j’ai Windows11 et Firefox 128.",
        "Écrivez-moi à Camille.Martin2@ac-lyon.fr, mon mot de passe ne va plus.",
        "Référence 3F2A-91BC-07D4, message K7M4Q-X4P9R, page https://elections.exemple.fr/Aide2#questions",
        "Ma notice perdue à l’université Paris 13, faculté 4 : la même erreur à chaque fois = rien.",
    ],
)
def test_an_ordinary_sentence_stays_as_it_is(typed: str) -> None:
    """Times, phone numbers, addresses, references and versions are no secrets."""
    redacted = redact(typed, _SHAPE)
    assert (redacted.text, redacted.secrets) == (typed, ())


def test_several_secrets_are_all_deleted() -> None:
    """One sentence names all of them."""
    redacted = redact("NUMEN 12A3456789BCD, code AD4#KT7+XRQ9M=HU, mot de passe Soleil2022", _SHAPE)
    assert redacted.secrets == ("un NUMEN", "un code de vote", "un mot de passe")
    assert not [secret for secret in ("12A3", "KT7", "Soleil") if secret in redacted.text]
