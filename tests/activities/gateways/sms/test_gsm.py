"""Encoding of a text into the segments of an SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.gateways.sms.gsm import ALPHABET, EXTENSION, encode, is_gsm
from demo.sms.sms_decoder import decode

_GSM = st.text(st.sampled_from([*ALPHABET.replace("\x1b", ""), *EXTENSION]), max_size=700)


def _read(text: str, reference: int = 7) -> str:
    sms = encode(text, reference)
    return "".join(decode(segment, sms.data_coding, sms.esm_class).text for segment in sms.segments)


@given(st.text(max_size=700))
def test_the_decoded_segments_give_the_text(text: str) -> None:
    """For any text, decoding and joining its segments gives the same text."""
    assert _read(text) == text


@given(_GSM)
def test_text_in_the_gsm_alphabet_is_not_encoded_as_ucs2(text: str) -> None:
    """Text of the GSM alphabet and its extension is encoded with one septet in each octet."""
    sms = encode(text, 7)
    assert is_gsm(text)
    assert sms.data_coding == 0
    assert all(octet < 0x80 for segment in sms.segments for octet in segment[6 if sms.esm_class else 0 :])


@given(st.one_of(_GSM, st.text(max_size=700)), st.integers(min_value=0, max_value=0xFFFF))
def test_no_segment_exceeds_its_maximum_length(text: str, reference: int) -> None:
    """160 septets or 140 octets in a single segment; 153 or 134 after a header in several."""
    sms = encode(text, reference)
    alone, joined = (160, 153) if sms.data_coding == 0 else (140, 134)
    if len(sms.segments) == 1:
        assert sms.esm_class == 0
        assert len(sms.segments[0]) <= alone
        return
    assert sms.esm_class == 0x40
    for number, segment in enumerate(sms.segments, start=1):
        assert segment[:6] == bytes([5, 0, 3, reference & 0xFF, len(sms.segments), number])
        assert len(segment) <= 6 + joined


@pytest.mark.parametrize(
    ("text", "segments"),
    [("", 1), ("é" * 160, 1), ("é" * 161, 2), ("é" * 306, 2), ("é" * 307, 3), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_gsm_limits(text: str, segments: int) -> None:
    """A single segment has 160 septets, several have 153 each; a euro sign takes two."""
    assert len(encode(text, 0).segments) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [("ê" * 70, 1), ("ê" * 71, 2), ("ê" * 134, 2), ("ê" * 135, 3), ("🗳" * 35, 1), ("🗳" * 36, 2)],
)
def test_ucs2_limits(text: str, segments: int) -> None:
    """A single segment has 70 characters, several have 67 each; a character beyond 16 bits takes two."""
    assert len(encode(text, 0).segments) == segments


def test_an_escape_pair_is_not_split() -> None:
    """A euro sign that does not fit into the first segment is put whole into the second."""
    first, second = encode("a" * 152 + "€" + "b" * 20, 0).segments
    assert first[6:] == b"a" * 152
    assert second[6:8] == b"\x1b\x65"


def test_a_surrogate_pair_is_not_split() -> None:
    """A ballot box emoji that does not fit into the first segment is put whole into the second."""
    first, second = encode("ê" * 66 + "🗳" + "ê" * 10, 0).segments
    assert len(first) == 6 + 132
    assert second[6:10].decode("utf-16-be") == "🗳"


@pytest.mark.parametrize("character", "çêëîïôûœÀ’«»\u00a0")
def test_french_characters_outside_gsm_make_a_message_ucs2(character: str) -> None:
    """One of them is enough, so the SMS templates must not contain any."""
    assert not is_gsm(f"code {character}")
    assert encode(character, 0).data_coding == 8


def test_a_character_of_the_extension_takes_two_septets() -> None:
    """One for the escape, one for the character."""
    assert [len(segment) for segment in encode("à 3 €", 0).segments] == [6]


def test_a_text_of_more_than_255_segments_is_refused() -> None:
    """The header of a segment has one octet for their number."""
    assert len(encode("a" * 153 * 255, 0).segments) == 255
    with pytest.raises(ValueError, match="256"):
        encode("a" * (153 * 255 + 1), 0)


@pytest.mark.parametrize(
    ("characters", "octets"),
    [
        ("@éÇ_ΞÆÉ ", "000509111a1c1f20"),
        ("¤¡AÄ§¿zà", "2440415b5f607a7f"),
        ("[€|", "1b3c1b651b40"),
    ],
)
def test_characters_have_their_gsm_codes(characters: str, octets: str) -> None:
    """Codes follow the table of GSM 03.38, on both sides of its irregular places."""
    assert encode(characters, 0).segments[0].hex() == octets
