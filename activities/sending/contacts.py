"""What a voter typed as a destination, understood or refused."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber

from election.contacts import domain_of, is_work_domain

# A number typed as at home, wherever home is: `0692…` is Réunion's, and invalid as mainland's.
_HOMES = ("FR", "RE", "GP", "GF", "MQ", "YT", "NC", "PF", "PM", "WF")
# ARCEP gives these to overseas alone; the library knows only the ranges that are in use already.
_OVERSEAS = {
    "639": "YT",
    "690": "GP",
    "691": "GP",
    "692": "RE",
    "693": "RE",
    "694": "GF",
    "696": "MQ",
    "697": "MQ",
}
_MAINLAND = 33
# Kept by ARCEP for fiction, on the mainland, though 0639 is Mayotte's: the demo's people have these.
_FICTION = "63998"
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
    taken, because the numbering plans that the library knows lag behind. Six digits that are one
    phone in Nouméa and another in Mata-Utu are refused: the link must not reach a stranger.
    """
    if not typed.strip():
        return ContactFault.MISSING
    numbers = _readings(typed)
    if not numbers:
        return ContactFault.NOT_A_PHONE
    if not any(_takes_sms(number) for number in numbers.values()):
        return ContactFault.NOT_A_MOBILE
    return Contact(*numbers) if len(numbers) == 1 else ContactFault.NOT_A_PHONE


def _readings(typed: str) -> dict[str, PhoneNumber]:
    """Return every phone that a number may be, by E.164."""
    mainland = _parsed(typed, "FR")
    if mainland and mainland.country_code == _MAINLAND:
        national = str(mainland.national_number)
        home = None if national.startswith(_FICTION) else _OVERSEAS.get(national[:3])
        overseas = _parsed(f"0{national}", home) if home else None
        if overseas:
            return {_e164(overseas): overseas}
    guesses = [guess for guess in (_parsed(typed, home) for home in _HOMES) if guess]
    valid = {_e164(guess): guess for guess in guesses if phonenumbers.is_valid_number(guess)}
    return valid or ({_e164(mainland): mainland} if mainland else {})


def _takes_sms(number: PhoneNumber) -> bool:
    return not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in _MOBILE


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parsed(typed: str, home: str) -> PhoneNumber | None:
    if any(character.isalpha() for character in typed):
        return None  # the library would dial letters, as on an American keypad
    try:
        number = phonenumbers.parse(" ".join(typed.split()), home)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and not number.extension else None


def country_of(e164: str) -> str:
    """Return the country of a number in E.164, as ISO 3166 has it (`FR`, `RE`), or `+882` where there is none."""
    number = phonenumbers.parse(e164)
    home = _OVERSEAS.get(str(number.national_number)[:3], "")
    if number.country_code == phonenumbers.country_code_for_region(home):
        return home
    region = phonenumbers.region_code_for_number(number)
    return region if region and region.isalpha() else f"+{number.country_code}"


def personal_mailbox(typed: str, work_domains: tuple[str, ...]) -> Contact | ContactFault:
    """Return a personal e-mail address, or why the link cannot go there.

    None of the ministry's domains, hence no work address: two distinct channels. A domain with
    accents comes back as relays take it (`xn--…`); an address with accents before the @ is refused,
    since few relays take any.
    """
    if not typed.strip():
        return ContactFault.MISSING
    try:
        valid = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return ContactFault.NOT_AN_ADDRESS
    address = valid.ascii_email or valid.normalized
    if is_work_domain(domain_of(address), work_domains):
        return ContactFault.WORK_ADDRESS
    return Contact(address)
