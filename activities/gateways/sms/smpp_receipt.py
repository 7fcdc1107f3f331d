"""Parses delivery receipts: SMPP 3.4, appendix B for the text, § 5.3.2 for the parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from activities.gateways.sms.smpp_codes import (
    INTERMEDIATE,
    INTERMEDIATE_TYPE,
    RECEIPT_TYPE,
    SPELLINGS,
    TYPE_BITS,
    MessageState,
    Tag,
)

_ID = re.compile(rb"\bid:\s*([!-+\--:<-~]{1,64})", re.IGNORECASE)  # some operators write `,` or `;` between fields
_STATE = re.compile(rb"\bstat:\s*(\w{1,32})", re.IGNORECASE)
_ERROR = re.compile(rb"\berr:\s*(\w{1,8})", re.IGNORECASE)


@dataclass(frozen=True)
class Outcome:
    """The final state of one submit; `reason` is empty when it was delivered, else as `smpp-undeliv-011`."""

    gateway_id: str
    delivered: bool
    reason: str


def parse(esm_class: int, short_message: bytes, tlvs: Mapping[int, bytes]) -> Outcome | None:
    """Return the final state of a submit, or None for anything else: an unknown word is no failure.

    Parameters take precedence over the text, whose format varies between operators. An intermediate notification tells of
    one try, which another may follow.
    """
    kind = esm_class & TYPE_BITS
    if kind == INTERMEDIATE_TYPE or (kind != RECEIPT_TYPE and Tag.RECEIPTED_MESSAGE_ID not in tlvs):
        return None
    # Of a text in UCS-2, as some operators answer one, only ASCII counts; without its zeros an empty one is empty.
    text = short_message.replace(b"\0", b"") or tlvs.get(Tag.MESSAGE_PAYLOAD, b"").replace(b"\0", b"")
    gateway_id = tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0") or _field(_ID, text)
    state = _state(text, tlvs)
    if not gateway_id or state is None or state in INTERMEDIATE:
        return None
    delivered = state is MessageState.DELIVRD
    reason = "" if delivered else _reason(state.name, text, tlvs)
    return Outcome(gateway_id.decode("ascii", "replace"), delivered, reason)


def _state(text: bytes, tlvs: Mapping[int, bytes]) -> MessageState | None:
    """Return the state, or None for a receipt without a state or with an unknown one."""
    number = int.from_bytes(tlvs.get(Tag.MESSAGE_STATE, b""), "big")
    if number in list(MessageState):
        return MessageState(number)
    return SPELLINGS.get(_field(_STATE, text).decode("ascii", "replace").upper())


def _reason(state: str, text: bytes, tlvs: Mapping[int, bytes]) -> str:
    # The first octet of network_error_code is the type of network.
    network = int.from_bytes(tlvs.get(Tag.NETWORK_ERROR_CODE, b"")[1:], "big")
    error = str(network) if network else _field(_ERROR, text).decode("ascii", "replace")
    return f"smpp-{state.lower()}-{error}" if error.strip("0") else f"smpp-{state.lower()}"


def _field(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    return found[1] if found else b""
