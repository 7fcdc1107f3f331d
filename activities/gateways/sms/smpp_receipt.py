"""What a delivery receipt says: SMPP 3.4, appendix B for the text, § 5.3.2 for the parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from activities.gateways.sms.smpp_codes import RECEIPT_TYPE, TYPE_BITS, MessageState, Tag

_STATES = {state.value: state.name for state in MessageState}
# News of a message that is still on its way; another receipt will follow.
_UNDER_WAY = frozenset({"ENROUTE", "ACCEPTD", "ACKED", "BUFFRED", "SCHEDULED"})

_ID = re.compile(rb"\bid:\s*([!-~]{1,64})", re.IGNORECASE)
_STATE = re.compile(rb"\bstat:\s*(\w{1,16})", re.IGNORECASE)
_ERROR = re.compile(rb"\berr:\s*(\w{1,8})", re.IGNORECASE)


@dataclass(frozen=True)
class Outcome:
    """The end of one submit; `reason` is empty when the phone has it, else `smpp-undeliv-011`."""

    gateway_id: str
    delivered: bool
    reason: str


def parse(esm_class: int, short_message: bytes, tlvs: Mapping[int, bytes]) -> Outcome | None:
    """Return what became of a submit, or None for anything but a final receipt.

    The parameters win over the text, of which each operator has its own dialect.
    """
    if esm_class & TYPE_BITS != RECEIPT_TYPE and Tag.RECEIPTED_MESSAGE_ID not in tlvs:
        return None
    text = short_message or tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
    gateway_id = tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0") or _field(_ID, text)
    state = _STATES.get(int.from_bytes(tlvs.get(Tag.MESSAGE_STATE, b""), "big"))
    state = state or _field(_STATE, text).decode("ascii", "replace").upper()
    if not gateway_id or not state or state in _UNDER_WAY:
        return None
    delivered = state == "DELIVRD"
    reason = "" if delivered else _reason(state, text, tlvs)
    return Outcome(gateway_id.decode("ascii", "replace"), delivered, reason)


def _reason(state: str, text: bytes, tlvs: Mapping[int, bytes]) -> str:
    # The first octet of network_error_code names the kind of network.
    network = int.from_bytes(tlvs.get(Tag.NETWORK_ERROR_CODE, b"")[1:], "big")
    error = str(network) if network else _field(_ERROR, text).decode("ascii", "replace")
    return f"smpp-{state.lower()}-{error}" if error.strip("0") else f"smpp-{state.lower()}"


def _field(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    return found[1] if found else b""
