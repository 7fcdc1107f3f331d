"""Receipts in the formats of several operators."""

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
def test_receipts_by_their_text(text: bytes, outcome: Outcome) -> None:
    """Appendix B's text, whatever its spaces, case and order."""
    assert parse(RECEIPT, text, {}) == outcome


def test_parameters_take_precedence_over_the_text() -> None:
    """For an operator that sends both."""
    tlvs: dict[int, bytes] = {
        Tag.RECEIPTED_MESSAGE_ID: b"abc\0",
        Tag.MESSAGE_STATE: b"\x05",
        Tag.NETWORK_ERROR_CODE: b"\x03\x00\x1b",
    }
    assert parse(0, b"id:7 stat:DELIVRD err:000", tlvs) == Outcome(
        "abc", delivered=False, reason="smpp-undeliv-27"
    )


def test_a_text_may_come_as_payload() -> None:
    """With an empty short_message, the text is in message_payload."""
    tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: b"id:7 stat:DELIVRD err:000"}
    assert parse(RECEIPT, b"", tlvs) == Outcome("7", delivered=True, reason="")


@pytest.mark.parametrize("state", ["ENROUTE", "ACCEPTD", "BUFFRED"])
def test_an_intermediate_state_is_no_receipt(state: str) -> None:
    """The message is neither delivered nor lost yet."""
    assert parse(RECEIPT, f"id:7 stat:{state} err:000".encode(), {}) is None


@pytest.mark.parametrize("text", [b"", b"id:7", b"stat:DELIVRD", b"\xff\x00\x1b", b"id:\xe9 stat:DELIVRD"])
def test_a_receipt_without_id_or_state_is_ignored(text: bytes) -> None:
    """Nothing can be concluded from it."""
    assert parse(RECEIPT, text, {}) is None


def test_a_voter_s_own_message_is_no_receipt() -> None:
    """A phone may answer; its text is not parsed as a receipt."""
    assert parse(0, b"id:7 stat:DELIVRD err:000", {}) is None
