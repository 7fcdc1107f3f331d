"""Where a mail may go: personal mailboxes, none of the ministry's."""

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
    ],
)
def test_a_personal_mailbox(typed: str, understood: str, election: Election) -> None:
    """As a relay takes it: the domain in lower case and in ASCII; what is before the @ stays."""
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
    ],
)
def test_the_ministry_s_mailboxes_are_refused(typed: str, election: Election) -> None:
    """Every académie and sub-domain, however it is typed: two distinct channels (CNIL 2019-053)."""
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
        "a@exemple.fr\nBcc: b@exemple.fr",
        "camille@exemple..fr",
        "camille@ac-lyon.fr.",
        "hélène@exemple.fr",
        "\0@exemple.fr",
        "c" * 65 + "@exemple.fr",
        "06 12 34 56 78",
    ],
)
def test_what_is_no_address_is_refused(typed: str, election: Election) -> None:
    """Half an address, two, one with a header behind it, one that no relay takes."""
    assert personal_mailbox(typed, election.work_mail_domains) is ContactRefusal.NOT_AN_ADDRESS


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\t"])
def test_nothing_typed_is_missing(typed: str) -> None:
    """An empty field has its own sentence."""
    assert personal_mailbox(typed, ()) is ContactRefusal.MISSING
