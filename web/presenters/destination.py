"""A destination as a voter checks it before anything is sent: the number with its country, or the address in full."""

from dataclasses import dataclass

import phonenumbers
from babel import Locale
from phonenumbers import PhoneNumberFormat

from activities.sending.contacts import country_of
from election.stages import Channel
from election.text.translation import language
from web.presenters.mail_domains import likely_address

# Numbers of the mainland, La Réunion and Mayotte, the Antilles, Guyane and Martinique are known to voters by their 0.
_WITH_ZERO = {33, 262, 590, 594, 596}


@dataclass(frozen=True)
class ShownDestination:
    """The contact in full; `country` is a phone number's, `likely` the address that was likely meant, or None each."""

    channel: Channel
    contact: str
    country: str | None = None
    likely: str | None = None


def shown_destination(channel: Channel, contact: str) -> ShownDestination:
    """Return a contact in its normal form as the page shows it."""
    if channel is Channel.EMAIL:
        return ShownDestination(channel, contact, likely=likely_address(contact))
    number = phonenumbers.parse(contact)
    style = PhoneNumberFormat.NATIONAL if number.country_code in _WITH_ZERO else PhoneNumberFormat.INTERNATIONAL
    grouped = phonenumbers.format_number(number, style).replace(" ", "\u00a0")
    return ShownDestination(channel, grouped, country=Locale(language()).territories.get(country_of(contact)))
