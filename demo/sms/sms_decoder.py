"""Decodes SMS segments as a phone does (GSM 03.38), independently of the gateway's encoder."""

from dataclasses import dataclass

from activities.gateways.sms.gsm import ALPHABET, ESCAPE, EXTENSION, UCS2_CODING
from activities.gateways.sms.smpp_codes import UDH_INDICATOR

_EXTENDED = {code: character for character, code in EXTENSION.items()}
# GSM 03.40 § 9.2.3.24.1: concatenated short messages, 8-bit reference.
_CONCATENATION = b"\x00\x03"


@dataclass(frozen=True)
class Part:
    """A decoded segment: `number` of `total`, of the message with that reference."""

    text: str
    reference: int = 0
    total: int = 1
    number: int = 1


def decode(octets: bytes, data_coding: int, esm_class: int) -> Part:
    """Return a decoded segment.

    Raises:
        ValueError: its header is not that of a concatenated message, or its octets cannot be decoded.
    """
    if not esm_class & UDH_INDICATOR:
        return Part(_text(octets, data_coding))
    header, rest = octets[1 : octets[0] + 1], octets[octets[0] + 1 :]
    if header[:2] != _CONCATENATION:
        raise ValueError("the header is not that of a concatenated message")
    reference, total, number = header[2:]
    return Part(_text(rest, data_coding), reference, total, number)


def _text(octets: bytes, data_coding: int) -> str:
    if data_coding == UCS2_CODING:
        return octets.decode("utf-16-be")
    text = ""
    codes = iter(octets)
    try:
        for code in codes:
            text += _EXTENDED[next(codes)] if code == ESCAPE else ALPHABET[code]
    except (KeyError, IndexError, StopIteration):
        raise ValueError("the octets are not in the GSM alphabet") from None
    return text
