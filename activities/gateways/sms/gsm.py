"""Encodes SMS in GSM 7-bit or UCS-2, and splits long ones into segments (GSM 03.38, GSM 03.40 § 9.2.3.24)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from activities.gateways.sms.smpp_codes import UDH_INDICATOR

ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPE = 0x1B
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
DEFAULT_CODING = 0x00
UCS2_CODING = 0x08

_OCTETS = {character: bytes([place]) for place, character in enumerate(ALPHABET) if place != ESCAPE} | {
    character: bytes([ESCAPE, place]) for character, place in EXTENSION.items()
}
# A concatenation header takes 6 octets of 140: 153 septets of 160, or 134 octets of 140.
_LIMITS = {DEFAULT_CODING: (160, 153), UCS2_CODING: (140, 134)}
_MOST_SEGMENTS = 255


@dataclass(frozen=True)
class EncodedSms:
    """The payload of each submit_sm; every segment begins with a header when there are several."""

    data_coding: int
    esm_class: int
    segments: tuple[bytes, ...]


def is_gsm(text: str) -> bool:
    """Return whether the text fits the GSM alphabet, which lacks ç ê ë î ï ô û œ À ’ « »."""
    return all(character in _OCTETS for character in text)


def encode(text: str, reference: int) -> EncodedSms:
    """Return the text in GSM 7-bit, one septet to an octet as SMPP wants it, or else in UCS-2.

    The low octet of `reference` identifies the segments of one text on the phone; it must be the same for a retry.
    Neither an escape sequence nor a surrogate pair is ever split.

    Raises:
        ValueError: the text needs more than 255 segments.
    """
    coding = DEFAULT_CODING if is_gsm(text) else UCS2_CODING
    whole, part = _LIMITS[coding]
    units = [_OCTETS[character] if coding == DEFAULT_CODING else _ucs2(character) for character in text]
    if sum(map(len, units)) <= whole:
        return EncodedSms(coding, 0, (b"".join(units),))
    parts = list(_cut(units, part))
    if len(parts) > _MOST_SEGMENTS:
        raise ValueError(f"an SMS has at most {_MOST_SEGMENTS} segments, this text needs {len(parts)}")
    header = bytes([5, 0, 3, reference & 0xFF, len(parts)])
    segments = tuple(header + bytes([number]) + octets for number, octets in enumerate(parts, start=1))
    return EncodedSms(coding, UDH_INDICATOR, segments)


def _ucs2(character: str) -> bytes:
    # A lone surrogate cannot be sent; an exception would hold the text.
    return character.encode("utf-16-be", errors="replace")


def _cut(units: Iterable[bytes], limit: int) -> Iterator[bytes]:
    part = b""
    for unit in units:
        if len(part) + len(unit) > limit:
            yield part
            part = b""
        part += unit
    yield part
