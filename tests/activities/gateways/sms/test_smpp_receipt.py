"""What receipts of several dialects say."""

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
    """Appendix B's text, whatever its spaces, its capitals and its order."""
    assert parse(RECEIPT, text, {}) == outcome


def test_parameters_win_over_the_text() -> None:
    """An operator that sends both means the parameters."""
    tlvs: dict[int, bytes] = {
        Tag.RECEIPTED_MESSAGE_ID: b"abc\0",
        Tag.MESSAGE_STATE: b"\x05",
        Tag.NETWORK_ERROR_CODE: b"\x03\x00\x1b",
    }
    assert parse(0, b"id:7 stat:DELIVRD err:000", tlvs) == Outcome(
        "abc", delivered=False, reason="smpp-undeliv-27"
    )


def test_a_text_may_come_as_payload() -> None:
    """An empty short_message leaves the text to the message_payload parameter."""
    tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: b"id:7 stat:DELIVRD err:000"}
    assert parse(RECEIPT, b"", tlvs) == Outcome("7", delivered=True, reason="")


@pytest.mark.parametrize("state", ["ENROUTE", "ACCEPTD", "BUFFRED"])
def test_news_on_the_way_is_no_end(state: str) -> None:
    """A message that is still under way is neither delivered nor lost."""
    assert parse(RECEIPT, f"id:7 stat:{state} err:000".encode(), {}) is None


@pytest.mark.parametrize("text", [b"", b"id:7", b"stat:DELIVRD", b"\xff\x00\x1b", b"id:\xe9 stat:DELIVRD"])
def test_what_names_no_message_or_no_state_is_passed_over(text: bytes) -> None:
    """A receipt that nothing can be made of is no receipt."""
    assert parse(RECEIPT, text, {}) is None


def test_a_voter_s_own_message_is_no_receipt() -> None:
    """A phone may answer; what it says is not taken for the operator's word."""
    assert parse(0, b"id:7 stat:DELIVRD err:000", {}) is None
