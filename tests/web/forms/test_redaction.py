"""Secrets in messages to the support desk are found by their shapes; ordinary sentences stay as they are."""

import subprocess
import sys

import pytest

from election.shapes import VotingCodeShape
from web.forms.redaction import REDACTED, redact

_SHAPE = VotingCodeShape()


@pytest.mark.parametrize(
    ("typed", "left", "secret"),
    [
        ("Mon NUMEN est 12a3456789bcd.", f"Mon NUMEN est {REDACTED}.", "un NUMEN"),
        ("12 A 3456789 BCD ne marche pas", f"{REDACTED} ne marche pas", "un NUMEN"),
        ("« 06 A 1234567 ABC »", f"« {REDACTED} »", "un NUMEN"),
        ("NUMEN\u00a0: 06\u00a0A\u00a01234567\u00a0ABC", f"NUMEN\u00a0: {REDACTED}", "un NUMEN"),
        ("06.a.1234567.abc", REDACTED, "un NUMEN"),
        ("06 - A - 123 45 67 - ABC,", f"{REDACTED},", "un NUMEN"),
        ("0 6 A 1 2 3 4 5 6 7 A B C", REDACTED, "un NUMEN"),
        ("06 A\n1234567\nABC", REDACTED, "un NUMEN"),
        ("2\u00a085\u202f05  78–006", REDACTED, "un numéro de sécurité sociale"),
        ("(2.85.05.2a.006.084.36)", f"({REDACTED})", "un numéro de sécurité sociale"),
        ("285 05 78 006 084", REDACTED, "un numéro de sécurité sociale"),
        ("2 8 5 0 5 7 8 0 0 6", REDACTED, "un numéro de sécurité sociale"),
        ("AD4& - KT7! - XRQ9 - M?HU", REDACTED, "un code de vote"),
        ("A D 4 & K T 7 ! X R Q 9 M ? H U", REDACTED, "un code de vote"),
        ("ad4&\u00a0kt7!\u202fxrq9\nm?hu", REDACTED, "un code de vote"),
        ("le lien 0b3dk9xw4m2p7qrstvz8ceg5hj", f"le lien {REDACTED}", "un lien personnel"),
        ("numéro 2 85 05 78 006 refusé", f"numéro {REDACTED} refusé", "un numéro de sécurité sociale"),
        ("numéro 185052A006 refusé", f"numéro {REDACTED} refusé", "un numéro de sécurité sociale"),
        ("2850578006084 36", REDACTED, "un numéro de sécurité sociale"),
        ("Le code AD4&KT7!XRQ9M?HU est refusé", f"Le code {REDACTED} est refusé", "un code de vote"),
        ("ad4& kt7! xrq9 m?hu", REDACTED, "un code de vote"),
        ("code : AD4&KT7!XRQ9M?HU.", f"code : {REDACTED}.", "un code de vote"),
        ("J’ai tapé Soleil2022! sans effet", f"J’ai tapé {REDACTED} sans effet", "un mot de passe"),
        ("Mon mot de passe « Marronnier75 »", f"Mon mot de passe « {REDACTED} »", "un mot de passe"),
        ("mdp=Chêne-de-1789", f"mdp={REDACTED}", "un mot de passe"),
        ("Mon mot de passe chevalbleu75 est refusé", f"Mon mot de passe {REDACTED} est refusé", "un mot de passe"),
        (
            "mot de passe\u00a0: lampadaire-violet, merci",
            f"mot de passe\u00a0: {REDACTED}, merci",
            "un mot de passe",
        ),
        ("le mot de passe « pluie verte au loin » va", f"le mot de passe « {REDACTED} » va", "un mot de passe"),
        ('mdp : "pluie verte"', f'mdp : "{REDACTED}"', "un mot de passe"),
        ("Mon mot de passe : Safari2024", f"Mon mot de passe : {REDACTED}", "un mot de passe"),
        ("Mon mot de passe : Windows11 merci", f"Mon mot de passe : {REDACTED} merci", "un mot de passe"),
        ("Mon mot de passe est bien Safari2024.", f"Mon mot de passe est bien {REDACTED}.", "un mot de passe"),
        ("my password is sunflower, thanks", f"my password is {REDACTED}, thanks", "un mot de passe"),
        ("mon mdp c’est tournesolbleu", f"mon mdp c’est {REDACTED}", "un mot de passe"),
        ("mdp: abcdef1. Merci", f"mdp: {REDACTED} Merci", "un mot de passe"),
        ("mdp: Zorro;!)", f"mdp: {REDACTED}", "un mot de passe"),
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
        "Mot de passe : impossible de le changer depuis hier.",
        "Mon mot de passe est refusé entre 14h30-15h10, avec Windows11, Chrome/128.0 et un iPhone15Pro.",
        "Mot de passe : pourtant je le recopie. Mot de passe : toujours refusé aujourd’hui.",
        "Mot de passe : refusée. Mot de passe : impossible, et mdp : bloquée…, avec Firefox/128.0.3.",
        "Mon mot de passe est réinitialisé. Le mot de passe est exactement celui-là. Mon mot de passe est incorrect ?",
        "My password is accepted, but the voting code is not. The password was different. My password is currently new.",
        "Mot de passe oublié, référence 3F2A-91BC-07D4, message K7M4Q-X4P9R.",
        "Mot de passe : il est refusé. La page « Demande prise en compte » s’affiche.",
        "Mon mobile à l’étranger est le +49 1512 3456789, ou le +32 470 12 34 56.",
        "Reçu le 03/12/2026 14 h 32, le 03.12.2026 à 9.00 et le 3 12 2026, avec 1 234 567 890 essais.",
        "Ma notice perdue à l’université Paris 13, faculté 4 : la même erreur à chaque fois = rien.",
    ],
)
def test_an_ordinary_sentence_stays_as_it_is(typed: str) -> None:
    """Times, phone numbers, addresses, references and versions are no secrets."""
    redacted = redact(typed, _SHAPE)
    assert (redacted.text, redacted.secrets) == (typed, ())


def test_the_voter_reads_how_what_was_deleted_begins() -> None:
    """Once each, so that a word taken for a secret is found; the rest of it is not on the page."""
    redacted = redact("mdp=Chêne-de-1789, pas Soleil2022 ni Soleil2022 ; NUMEN 12A3456789BCD", _SHAPE)
    assert redacted.text == "mdp=•••, pas ••• ni ••• ; NUMEN •••"
    assert redacted.shown == (
        "un NUMEN («\u00a012…\u00a0»)",
        "un mot de passe («\u00a0Ch…\u00a0», «\u00a0So…\u00a0»)",
    )


def test_a_text_made_to_be_slow_is_read_at_once() -> None:
    """In a process of its own: with a pattern that tries each way to divide the spaces, it would not end."""
    read = "from election.shapes import VotingCodeShape; from web.forms.redaction import redact; redact({}, VotingCodeShape())"
    text = "'mdp' + ' ' * 400 + '«' + ' ' * 1500 + 'x'"
    subprocess.run([sys.executable, "-c", read.format(text)], check=True, timeout=60)


def test_several_secrets_are_all_deleted() -> None:
    """One sentence names all of them."""
    redacted = redact("NUMEN 12A3456789BCD, code AD4&KT7!XRQ9M?HU, mot de passe Soleil2022", _SHAPE)
    assert redacted.secrets == ("un NUMEN", "un code de vote", "un mot de passe")
    assert not [secret for secret in ("12A3", "KT7", "Soleil") if secret in redacted.text]
