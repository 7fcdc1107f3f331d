"""Validation of mail addresses: personal mailboxes, none of the ministry's."""

import pytest

from activities.sending.contacts import Contact, ContactRefusal, personal_mailbox
from election.settings import Election


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("camille@exemple.fr", "camille@exemple.fr"),
        (" camille@exemple.fr\n", "camille@exemple.fr"),
        ("Camille.Durand+vote@Exemple.FR", "Camille.Durand+vote@exemple.fr"),
        ("camille@société.fr", "camille@xn--socit-esab.fr"),
        ("camille@xn--socit-esab.fr", "camille@xn--socit-esab.fr"),
        ("o'brien@exemple.ie", "o'brien@exemple.ie"),
        ("camille@notac-lyon.fr", "camille@notac-lyon.fr"),
        ("camille@ac-lyon.fr.exemple.fr", "camille@ac-lyon.fr.exemple.fr"),
        ("camille@gouv.fr", "camille@gouv.fr"),
        ("<camille@exemple.fr>", "camille@exemple.fr"),
        ("mailto:camille@exemple.fr", "camille@exemple.fr"),
        ("MAILTO:<camille@exemple.fr>;", "camille@exemple.fr"),
        ("camille@exemple.fr.", "camille@exemple.fr"),
        ("«\u00a0camille@exemple.fr\u00a0»,", "camille@exemple.fr"),
        ("“camille@exemple.fr”", "camille@exemple.fr"),
        ("\ufeffcamille\u2011d@exemple.fr\u200b", "camille-d@exemple.fr"),
    ],
)
def test_a_personal_mailbox_is_accepted(typed: str, understood: str, election: Election) -> None:
    """The domain is converted to lower-case ASCII; the local part is unchanged."""
    assert personal_mailbox(typed, election.work_mail_domains) == Contact(understood)


@pytest.mark.parametrize(
    "typed",
    [
        "camille.durand@ac-lyon.fr",
        "camille.durand@AC-LYON.FR",
        "camille.durand+perso@ac-lyon.fr",
        "camille.durand@eleves.ac-lyon.fr",
        "camille.durand@ac-orleans-tours.fr",
        "camille.durand@education.gouv.fr",
        "camille.durand@region.education.gouv.fr",
        "camille.durand@ａｃ-lyon.fr",
        "camille.durand@ac-lyon。fr",
        "camille.durand@ac-lyon.fr.",
        "mailto:camille.durand@ac-lyon.fr",
    ],
)
def test_the_ministry_s_mailboxes_are_refused(typed: str, election: Election) -> None:
    """Every académie and subdomain, in any case and script: two distinct channels are required (CNIL 2019-053)."""
    assert personal_mailbox(typed, election.work_mail_domains) is ContactRefusal.WORK_ADDRESS


@pytest.mark.parametrize(
    "typed",
    [
        "camille",
        "camille@",
        "@exemple.fr",
        "camille@exemple",
        "camille@localhost",
        "camille@[127.0.0.1]",
        "camille durand@exemple.fr",
        "Camille <camille@exemple.fr>",
        "a@exemple.fr, b@exemple.fr",
        "mailto:",
        "mailto:a@exemple.fr?cc=b@exemple.fr",
        "<a@exemple.fr> b",
        "a@exemple.fr\nBcc: b@exemple.fr",
        "camille@exemple..fr",
        "hélène@exemple.fr",
        "\0@exemple.fr",
        "c" * 65 + "@exemple.fr",
        "06 12 34 56 78",
    ],
)
def test_a_malformed_address_is_refused(typed: str, election: Election) -> None:
    """Incomplete addresses, two at once, one with an injected header, ones that relays do not accept."""
    assert personal_mailbox(typed, election.work_mail_domains) is ContactRefusal.NOT_AN_ADDRESS


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\t"])
def test_an_empty_field_is_missing(typed: str) -> None:
    """Also one with only spaces, since it has its own error message."""
    assert personal_mailbox(typed, ()) is ContactRefusal.MISSING
