"""Parsing of delivery receipts in the forms that operators use."""

import pytest

from activities.gateways.sms.smpp_codes import Tag
from activities.gateways.sms.smpp_receipt import Outcome, parse

RECEIPT = 0x04


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (
            b"id:0a1b2c sub:001 dlvrd:001 submit date:2612030900 done date:2612030901 stat:DELIVRD err:000",
            Outcome("0a1b2c", delivered=True, reason=""),
        ),
        (b"id:7 stat:UNDELIV err:011", Outcome("7", delivered=False, reason="smpp-undeliv-011")),
        (b"id:7 stat:EXPIRED err:000", Outcome("7", delivered=False, reason="smpp-expired")),
        (b"id:7 stat:REJECTD err:69", Outcome("7", delivered=False, reason="smpp-rejectd-69")),
        (b"ID: 7 Stat: delivrd", Outcome("7", delivered=True, reason="")),
        (b"stat:UNKNOWN id:7-8_9 err:1A", Outcome("7-8_9", delivered=False, reason="smpp-unknown-1A")),
    ],
)
def test_a_receipt_is_parsed_from_its_text(text: bytes, outcome: Outcome) -> None:
    """Text as in appendix B of SMPP 3.4, with other spaces, case and order."""
    assert parse(RECEIPT, text, {}) == outcome


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("DELIVERED", Outcome("7", delivered=True, reason="")),
        ("UNDELIVERABLE", Outcome("7", delivered=False, reason="smpp-undeliv")),
        ("Undelivered", Outcome("7", delivered=False, reason="smpp-undeliv")),
        ("REJECTED", Outcome("7", delivered=False, reason="smpp-rejectd")),
    ],
)
def test_a_state_in_another_spelling_is_that_state(word: str, outcome: Outcome) -> None:
    """The reason is spelled as in SMPP, so that the same failures are counted together."""
    assert parse(RECEIPT, f"id:7 stat:{word} err:000".encode(), {}) == outcome


def test_a_state_that_smpp_does_not_have_is_read_from_the_text() -> None:
    """SMPP 5.0 has more numbers than 3.4."""
    assert parse(RECEIPT, b"id:7 stat:DELIVRD", {Tag.MESSAGE_STATE: b"\x09"}) == Outcome(
        "7", delivered=True, reason=""
    )


def test_parameters_take_precedence_over_the_text() -> None:
    """If a receipt has both, the TLV parameters count."""
    tlvs: dict[int, bytes] = {
        Tag.RECEIPTED_MESSAGE_ID: b"abc\0",
        Tag.MESSAGE_STATE: b"\x05",
        Tag.NETWORK_ERROR_CODE: b"\x03\x00\x1b",
    }
    assert parse(0, b"id:7 stat:DELIVRD err:000", tlvs) == Outcome(
        "abc", delivered=False, reason="smpp-undeliv-27"
    )


def test_a_receipt_is_parsed_from_its_payload() -> None:
    """If short_message is empty, the text is in the message_payload parameter."""
    tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: b"id:7 stat:DELIVRD err:000"}
    assert parse(RECEIPT, b"", tlvs) == Outcome("7", delivered=True, reason="")


@pytest.mark.parametrize(
    ("short_message", "payload"),
    [
        ("id:S213 stat:UNDELIV err:011 text:".encode("utf-16-be"), b""),
        (b"\0", b"id:S213 stat:UNDELIV err:011\0"),
        (b"id:S213,sub:001,dlvrd:000,stat:UNDELIV,err:011,text:", b""),
        (b"id:S213;stat:UNDELIV;err:011", b""),
    ],
    ids=["UCS-2", "a NUL for an empty text", "commas", "semicolons"],
)
def test_a_receipt_is_parsed_however_an_operator_writes_it(short_message: bytes, payload: bytes) -> None:
    """In the alphabet of the message that it is for, and with any sign between its fields."""
    outcome = parse(RECEIPT, short_message, {Tag.MESSAGE_PAYLOAD: payload})
    assert outcome == Outcome("S213", delivered=False, reason="smpp-undeliv-011")


def test_an_intermediate_notification_is_no_outcome() -> None:
    """The operator tries again after it, so that its UNDELIV is no failure (SMPP 3.4, § 5.2.12)."""
    assert parse(0x20, b"", {Tag.RECEIPTED_MESSAGE_ID: b"7\0", Tag.MESSAGE_STATE: b"\x05"}) is None


@pytest.mark.parametrize(
    "state", ["ENROUTE", "ACCEPTD", "BUFFRED", "ACCEPTED", "BUFFERED", "SCHEDULED", "QUELCONQUE"]
)
def test_an_intermediate_state_is_ignored(state: str) -> None:
    """A message that is still being delivered has no outcome, nor has one in an unknown state."""
    assert parse(RECEIPT, f"id:7 stat:{state} err:000".encode(), {}) is None


@pytest.mark.parametrize("text", [b"", b"id:7", b"stat:DELIVRD", b"\xff\x00\x1b", b"id:\xe9 stat:DELIVRD"])
def test_a_receipt_without_id_or_state_is_ignored(text: bytes) -> None:
    """Also one that is not text."""
    assert parse(RECEIPT, text, {}) is None


def test_a_message_from_a_phone_is_not_a_receipt() -> None:
    """A reply with a receipt's text is ignored, since its esm_class is not a receipt's."""
    assert parse(0, b"id:7 stat:DELIVRD err:000", {}) is None
