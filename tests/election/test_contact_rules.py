"""Work mail domains, to which no link may be sent, and masks of contacts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.contacts import domain_of, is_work_domain, mask_email, mask_phone

_WORK = ("ac-*.fr", "education.gouv.fr")


@pytest.mark.parametrize(
    "domain",
    [
        "ac-lyon.fr",
        "AC-Lyon.FR",
        "ac-orleans-tours.fr",
        "eleves.ac-lyon.fr",
        "a.b.ac-lyon.fr",
        "education.gouv.fr",
        "Education.Gouv.fr",
        "m.education.gouv.fr",
    ],
)
def test_the_ministry_s_domains_are_work_domains(domain: str) -> None:
    """Every académie, the ministry, and their subdomains, in any case."""
    assert is_work_domain(domain, _WORK)


@pytest.mark.parametrize(
    "domain",
    [
        "exemple.fr",
        "ac-.fr",
        "ac-lyon.com",
        "ac-lyon.fr.exemple.fr",
        "lac-leman.fr",
        "not-ac-lyon.fr",
        "notac-lyon.fr",
        "mon-education.gouv.fr",
        "gouv.fr",
        "ac-lyon.exemple.fr",
        "",
    ],
)
def test_other_domains_are_personal(domain: str) -> None:
    """A domain that only resembles one of the ministry's is not one."""
    assert not is_work_domain(domain, _WORK)


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), st.from_regex(r"([a-z]{1,5}\.){0,3}", fullmatch=True))
def test_every_academie_and_its_subdomains_are_work_domains(name: str, before: str) -> None:
    """The pattern matches any name, without a list of académies."""
    assert is_work_domain(f"{before}ac-{name}.fr", _WORK)
    assert not is_work_domain(f"{before}ac-{name}.fr.example", _WORK)


def test_a_domain_is_what_follows_the_last_at_sign() -> None:
    """Also if the quoted local part contains an at sign."""
    assert domain_of("Camille@Exemple.FR") == "exemple.fr"
    assert domain_of('"a@ac-lyon.fr"@exemple.fr') == "exemple.fr"


def test_a_masked_phone_has_its_last_two_digits() -> None:
    """Its owner can recognise it, and it cannot be called."""
    assert mask_phone("+33639981234") == "•• •• •• •• 34"


def test_a_masked_address_has_two_letters() -> None:
    """The first letter of the local part, the first of the domain, and the last label."""
    assert mask_email("camille.exemple@courriel.exemple.fr") == "c•••@c•••.fr"


@given(st.emails())
def test_a_mask_does_not_reveal_the_length(address: str) -> None:
    """It has two letters and the last label, whatever the length of the address."""
    masked = mask_email(address)
    last = address.rpartition(".")[2]
    assert masked == f"{address[0]}•••@{address.partition('@')[2][0]}•••.{last}"
