"""What a voter typed as a destination, understood or refused."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from election.contacts import domain_of, is_work_domain

# A number typed as at home, wherever home is: `0692…` is Réunion's, and invalid as mainland's.
_HOMES = ("FR", "RE", "GP", "GF", "MQ", "YT", "NC", "PF", "PM", "WF")
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


class ContactFault(StrEnum):
    """Why a link cannot go where the voter asks."""

    MISSING = "missing"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_MOBILE = "not_a_mobile"
    NOT_AN_ADDRESS = "not_an_address"
    WORK_ADDRESS = "work_address"


@dataclass(frozen=True)
class Contact:
    """A destination as it is compared and sealed: E.164 for a phone, normalised for an address."""

    value: str


def mobile(typed: str) -> Contact | ContactFault:
    """Return a mobile number in E.164, from France, overseas or abroad, or why it is none.

    What is not possible is refused; a number that is possible but not known to be valid is
    taken, because the numbering plans that the library knows lag behind.
    """
    if not typed.strip():
        return ContactFault.MISSING
    guesses = [guess for guess in (_parsed(typed, home) for home in _HOMES) if guess]
    if not guesses:
        return ContactFault.NOT_A_PHONE
    number = next((guess for guess in guesses if phonenumbers.is_valid_number(guess)), guesses[0])
    is_valid = phonenumbers.is_valid_number(number)
    if is_valid and phonenumbers.number_type(number) not in _MOBILE:
        return ContactFault.NOT_A_MOBILE
    return Contact(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _parsed(typed: str, home: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(typed, home)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and not number.extension else None


def personal_mailbox(typed: str, work_domains: tuple[str, ...]) -> Contact | ContactFault:
    """Return a personal e-mail address, or why the link cannot go there.

    Neither the work address nor any of the ministry's domains: two distinct channels.
    """
    if not typed.strip():
        return ContactFault.MISSING
    try:
        address = validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return ContactFault.NOT_AN_ADDRESS
    if is_work_domain(domain_of(address), work_domains):
        return ContactFault.WORK_ADDRESS
    return Contact(address)
