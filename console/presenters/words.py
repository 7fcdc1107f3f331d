"""The words that several pages of the console share: channels, procedures, places, numbers with their noun."""

from collections.abc import Mapping

from babel import Locale

from election.procedures import Procedure
from election.stages import Channel
from election.text.numbers import written_number
from workflows.parts.ui_texts import BY_PROCEDURE

CHANNELS: Mapping[str, str] = {Channel.SMS: "SMS", Channel.EMAIL: "Courriel", "database": "Base de données"}
# What a confirmation says of an act that lacks something.
NO_REASON = "Dites pourquoi\u00a0: le journal garde la raison, avec votre nom."
NO_GATEWAY = "Choisissez une passerelle de cette liste."
_TERRITORIES = Locale("fr").territories


def channel_name(channel: str) -> str:
    """Return « SMS » or « Courriel »; another word as it is."""
    return CHANNELS.get(channel, channel)


def procedure_name(procedure: Procedure) -> str:
    """Return what a procedure is called in the Temporal UI too: « Code de vote »."""
    return BY_PROCEDURE[procedure].name


def place_name(place: str) -> str:
    """Return the name of a country by its code, and a mail domain or a prefix as it is."""
    if not place:
        return "inconnu"
    return str(_TERRITORIES.get(place, place)) if len(place) == 2 else place  # noqa: PLR2004 - an ISO 3166 code


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: « 1 envoi », « 2 envois », « 0 envoi »."""
    return f"{written_number(number)}\u00a0{many if number > 1 else one}"


def shares(numbers: Mapping[str, int], shown: int = 3) -> str:
    """Return the largest of some numbers by name, and how many others there are: « France (12), Belgique (2), 3 autres »."""
    ordered = sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
    words = [f"{name} ({written_number(number)})" for name, number in ordered[:shown]]
    left = len(ordered) - shown
    return ", ".join([*words, counted(left, "autre", "autres")] if left > 0 else words)
