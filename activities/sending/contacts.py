"""Parses the phone numbers and mail addresses that voters type."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber

from election.contacts import domain_of, is_work_domain
from election.rules.sms import SmsRules
from election.text.folding import address_in, fold

# The regions whose national format is accepted: `0692…` is valid in Réunion and not on the mainland.
_PACIFIC = ("NC", "PF", "WF")
_REGIONS = ("FR", "RE", "GP", "GF", "MQ", "YT", "PM", *_PACIFIC)
_ISLAND_DIGITS = 6
# Saint-Pierre's begin with 4 or 5, as ARCEP assigned them (libphonenumber's carrier data); its metadata call nearly all six
# digits valid there. A digit that stands alone begins a mainland number without its 0: `7 51 23 4`, cut short.
_NOT_SURELY_NOUMEA = re.compile(r"\D*(?:[45]|\d\D)")
_SAINT_PIERRE = "0508"  # before its six digits, from the rest of France
# ARCEP assigns these to overseas only; asked where the library does not know a range yet.
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
# A country's code with + or 00.
_TYPED_COUNTRY = {
    phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN,
    phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_IDD,
}
_TYPED_DIGITS = 10  # of a number that begins with 0
_MAINLAND = 33
# Mobiles begin with 6 or 7 on the mainland, in the Antilles, Guyane, Réunion and Mayotte; the Pacific has plans of its own.
_WITH_MOBILE_PREFIXES = {_MAINLAND, 262, 590, 594, 596}
_FRENCH = _WITH_MOBILE_PREFIXES | {508, 681, 687, 689}
# Where the library has no country, it has a network of satellites or a world-wide service (+881, +979, +800).
_NO_COUNTRY = "001"
# Islands without electors, at the price of a satellite: Ascension (+247) and Tristan da Cunha.
_COSTLY = {"AC", "TA"}
# Reserved by ARCEP for fiction, on the mainland although 0639 is Mayotte's; the demo uses them.
_FICTION = "63998"
# What people write before a number, and between its digits where the library takes it for an extension or for no number.
_BESIDE_NUMBER = re.compile(r"^\W*t[ée]l\b[\W_]*?(?=[+(\d])|[_,·]", re.IGNORECASE)
# Some countries, such as those of North America, do not tell mobiles from landlines.
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


class ContactRefusal(StrEnum):
    """Why a message cannot go where the voter asks; the web has a sentence for each."""

    MISSING = "missing"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_MOBILE = "not_a_mobile"
    UNKNOWN_ABROAD = "unknown_abroad"
    INTERNATIONAL_NETWORK = "international_network"
    COUNTRY_NOT_SERVED = "country_not_served"
    NOT_AN_ADDRESS = "not_an_address"
    WORK_ADDRESS = "work_address"


@dataclass(frozen=True)
class Contact:
    """A destination in its normal form: E.164 for a phone number, lower-case domain for a mail address."""

    value: str


def mobile(typed: str, rules: SmsRules) -> Contact | ContactRefusal:
    """Return a mobile number in E.164, of France, overseas or abroad, or why it is none.

    A French number that is possible but not known to be valid is accepted, because the library's numbering plans lag
    behind; one of another country is not, because SMS to some ranges earn money for whoever asks for them. Six
    digits are New Caledonia's, where they can be nobody else's: one of Mata-Utu or Saint-Pierre would be a stranger's.
    """
    if not typed.strip():
        return ContactRefusal.MISSING
    numbers = _readings(_BESIDE_NUMBER.sub(" ", fold(typed)))
    if not numbers:
        return ContactRefusal.NOT_A_PHONE
    refusals = [_refusal(number, rules) for number in numbers.values()]
    if all(refusals):
        return refusals[0] or ContactRefusal.NOT_A_MOBILE
    return Contact(*numbers) if len(numbers) == 1 else ContactRefusal.NOT_A_PHONE


def _readings(typed: str) -> dict[str, PhoneNumber]:
    """Return every phone number that the text may mean, by E.164.

    What begins with one 0 has ten digits, everywhere in France: with a digit less it would be a number of the islands
    whose numbers are shorter.
    """
    number, digits = _parsed(typed, "FR"), phonenumbers.normalize_digits_only(typed)
    if number and number.country_code_source in _TYPED_COUNTRY:
        return _with_country(number)
    if digits.startswith("0") and len(digits) != _TYPED_DIGITS:
        return {}
    if digits.startswith(_SAINT_PIERRE) and len(digits) == _TYPED_DIGITS:
        return _by_e164(_parsed(f"+508{digits.removeprefix(_SAINT_PIERRE)}", "PM"))
    if len(digits) == _ISLAND_DIGITS and _NOT_SURELY_NOUMEA.match(
        phonenumbers.normalize_digits_only(typed, keep_non_digits=True)
    ):
        return {}
    return _at_home(typed) or _by_e164(number and (_assigned_overseas(number) or number))


def _with_country(number: PhoneNumber) -> dict[str, PhoneNumber]:
    """Return what a number with its country's code means: `+33 690…` is Guadeloupe's 0690…, as it is without +33."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code not in _WITH_MOBILE_PREFIXES:
        return _by_e164(number)
    if national.startswith("0"):
        return {}  # a 0 that the library could not take for the 0 of a national number: a digit is missing
    return _at_home(f"0{national}") or _by_e164(_assigned_overseas(number) or number)


def _at_home(typed: str) -> dict[str, PhoneNumber]:
    """Return the valid numbers that a text means in France and overseas without a country's code."""
    has_six_digits = len(phonenumbers.normalize_digits_only(typed)) == _ISLAND_DIGITS
    regions = _PACIFIC if has_six_digits else _REGIONS
    guesses = [guess for guess in (_parsed(typed, region) for region in regions) if guess]
    return {_e164(guess): guess for guess in guesses if phonenumbers.is_valid_number(guess)}


def _assigned_overseas(number: PhoneNumber) -> PhoneNumber | None:
    """Return the overseas number in a range that the library does not know yet, or None."""
    national = str(number.national_number)
    if number.country_code != _MAINLAND or national.startswith(_FICTION):
        return None
    home = _OVERSEAS.get(national[:3])
    return _parsed(f"0{national}", home) if home else None


def _by_e164(number: PhoneNumber | None) -> dict[str, PhoneNumber]:
    return {_e164(number): number} if number else {}


def _refusal(number: PhoneNumber, rules: SmsRules) -> ContactRefusal | None:
    """Return why no SMS goes to a number, or None when one does."""
    is_known = phonenumbers.is_valid_number(number)
    is_mobile = is_known and phonenumbers.number_type(number) in _MOBILE
    if number.country_code in _FRENCH:
        return None if is_mobile or (not is_known and _may_be_mobile(number)) else ContactRefusal.NOT_A_MOBILE
    country = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if is_known:
        country = phonenumbers.region_code_for_number(number) or country
    if country == _NO_COUNTRY or country in _COSTLY:
        return ContactRefusal.INTERNATIONAL_NETWORK
    if not rules.serves(country):
        return ContactRefusal.COUNTRY_NOT_SERVED
    if not is_known:
        return ContactRefusal.UNKNOWN_ABROAD
    return None if is_mobile else ContactRefusal.NOT_A_MOBILE


def _may_be_mobile(number: PhoneNumber) -> bool:
    prefix = str(number.national_number)[:1]
    return number.country_code not in _WITH_MOBILE_PREFIXES or prefix in {"6", "7"}


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parsed(typed: str, region: str) -> PhoneNumber | None:
    if any(character.isalpha() for character in typed):
        return None  # the library would read letters as on a telephone keypad
    try:
        number = phonenumbers.parse(" ".join(typed.split()), region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and not number.extension else None


def foreign_country_of(e164: str) -> str | None:
    """Return the country of an E.164 number as `country_of`, or None for a number of France or its overseas."""
    return None if phonenumbers.parse(e164).country_code in _FRENCH else country_of(e164)


def country_of(e164: str) -> str:
    """Return the ISO 3166 code of an E.164 number's country (`FR`, `RE`), or its prefix (`+882`) where there is none."""
    number = phonenumbers.parse(e164)
    region = phonenumbers.region_code_for_number(number)
    if region and region.isalpha():
        return region
    home = _OVERSEAS.get(str(number.national_number)[:3], "")
    is_home = number.country_code == phonenumbers.country_code_for_region(home)
    return home if is_home else f"+{number.country_code}"


def personal_mailbox(typed: str, work_domains: tuple[str, ...]) -> Contact | ContactRefusal:
    """Return a personal mail address, or why the link cannot go there.

    A work address is refused, since the notice goes there and the two channels must be distinct. A domain with
    accents is returned in ASCII (`xn--…`); a local part with accents is refused, since few relays accept it.
    """
    if not typed.strip():
        return ContactRefusal.MISSING
    try:
        valid = validate_email(address_in(typed), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return ContactRefusal.NOT_AN_ADDRESS
    address = valid.ascii_email or valid.normalized
    if is_work_domain(domain_of(address), work_domains):
        return ContactRefusal.WORK_ADDRESS
    return Contact(address)
