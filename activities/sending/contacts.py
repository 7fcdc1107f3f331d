"""Parses the phone numbers and mail addresses that voters type."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber

from election.contacts import domain_of, is_work_domain

# The regions whose national format is accepted: `0692…` is valid in Réunion and not on the mainland.
_REGIONS = ("FR", "RE", "GP", "GF", "MQ", "YT", "NC", "PF", "PM", "WF")
# ARCEP assigns these to overseas only; the library knows only the ranges that are already in use.
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
# Reserved by ARCEP for fiction, on the mainland although 0639 is Mayotte's; the demo uses them.
_FICTION = "63998"
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


class ContactRefusal(StrEnum):
    """Why a message cannot go where the voter asks; the web has a sentence for each."""

    MISSING = "missing"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_MOBILE = "not_a_mobile"
    NOT_AN_ADDRESS = "not_an_address"
    WORK_ADDRESS = "work_address"


@dataclass(frozen=True)
class Contact:
    """A destination in its normal form: E.164 for a phone number, lower-case domain for a mail address."""

    value: str


def mobile(typed: str) -> Contact | ContactRefusal:
    """Return a mobile number in E.164, of France, overseas or abroad, or why it is none.

    A number that is possible but not known to be valid is accepted, because the library's numbering plans lag
    behind. Six digits that are one phone in Nouméa and another in Mata-Utu are refused, since the link must not
    reach a stranger.
    """
    if not typed.strip():
        return ContactRefusal.MISSING
    numbers = _readings(typed)
    if not numbers:
        return ContactRefusal.NOT_A_PHONE
    if not any(_takes_sms(number) for number in numbers.values()):
        return ContactRefusal.NOT_A_MOBILE
    return Contact(*numbers) if len(numbers) == 1 else ContactRefusal.NOT_A_PHONE


def _readings(typed: str) -> dict[str, PhoneNumber]:
    """Return every phone number that the text may mean, by E.164."""
    mainland = _parsed(typed, "FR")
    if mainland and mainland.country_code == _MAINLAND:
        national = str(mainland.national_number)
        home = None if national.startswith(_FICTION) else _OVERSEAS.get(national[:3])
        overseas = _parsed(f"0{national}", home) if home else None
        if overseas:
            return {_e164(overseas): overseas}
    guesses = [guess for guess in (_parsed(typed, region) for region in _REGIONS) if guess]
    valid = {_e164(guess): guess for guess in guesses if phonenumbers.is_valid_number(guess)}
    return valid or ({_e164(mainland): mainland} if mainland else {})


def _takes_sms(number: PhoneNumber) -> bool:
    return not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in _MOBILE


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parsed(typed: str, region: str) -> PhoneNumber | None:
    if any(character.isalpha() for character in typed):
        return None  # the library would read letters as on a telephone keypad
    try:
        number = phonenumbers.parse(" ".join(typed.split()), region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and not number.extension else None


def country_of(e164: str) -> str:
    """Return the ISO 3166 code of an E.164 number's country (`FR`, `RE`), or its prefix (`+882`) where there is none."""
    number = phonenumbers.parse(e164)
    home = _OVERSEAS.get(str(number.national_number)[:3], "")
    if number.country_code == phonenumbers.country_code_for_region(home):
        return home
    region = phonenumbers.region_code_for_number(number)
    return region if region and region.isalpha() else f"+{number.country_code}"


def personal_mailbox(typed: str, work_domains: tuple[str, ...]) -> Contact | ContactRefusal:
    """Return a personal mail address, or why the link cannot go there.

    A work address is refused, since the notice goes there and the two channels must be distinct. A domain with
    accents is returned in ASCII (`xn--…`); a local part with accents is refused, since few relays accept it.
    """
    if not typed.strip():
        return ContactRefusal.MISSING
    try:
        valid = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return ContactRefusal.NOT_AN_ADDRESS
    address = valid.ascii_email or valid.normalized
    if is_work_domain(domain_of(address), work_domains):
        return ContactRefusal.WORK_ADDRESS
    return Contact(address)
