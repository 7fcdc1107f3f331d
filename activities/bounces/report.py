"""Reads what a mail server says of a message that it did not deliver: whether for good, and the status of RFC 3463."""

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

from flufl.bounce import all_failures

_STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
_LONGEST_TEXT = 65_536  # characters of a report in words
# RFC 6533: the same report, of an address that is not ASCII. The library takes apart the older type only.
_GLOBAL = re.compile(rb"message/global-delivery-status", re.IGNORECASE)
_STATUS_TYPE = "message/delivery-status"
_UNKNOWN_CAUSE = "5.0.0"
_FULL = "5.2.2"
_SAYS_FULL = re.compile(
    r"\b552\b|quota|mailbox (?:is )?full|over ?quota|bo[iî]te (?:aux lettres )?(?:est )?pleine", re.IGNORECASE
)


class BounceKind(StrEnum):
    """What a report means for its message."""

    FINAL = "final"  # the mailbox refused it, or no server could deliver it in time
    DELAYED = "delayed"  # a server still tries
    OTHER = "other"  # an automatic answer, a read receipt, or nothing that is understood


@dataclass(frozen=True)
class BounceReport:
    """What a mail server reported; `status` is empty unless a delivery has failed or is delayed."""

    kind: BounceKind
    status: str = ""

    @property
    def reason(self) -> str:
        """The outcome of the message, such as `bounce-5.1.1`."""
        return f"bounce-{self.status}"


# The library logs what its parsers raise, which may quote an address.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
OTHER = BounceReport(BounceKind.OTHER)
_ORDER = [*BounceKind]  # the worst first


def read_report(raw: bytes) -> BounceReport:
    """Return what a message to a return path says; whatever it is, this returns."""
    try:
        mail = message_from_bytes(_GLOBAL.sub(_STATUS_TYPE.encode(), raw))
        if mail.get_content_type() == "multipart/report" and _is_no_delivery_report(mail):
            return OTHER
        return _in_fields(mail) or _in_words(mail)
    except Exception:  # noqa: BLE001 - anybody can write to a return path, and the parsers raise errors of many kinds
        return OTHER


def _is_no_delivery_report(mail: Message) -> bool:
    return not str(mail.get_param("report-type", "delivery-status")).lower().endswith("delivery-status")


def _in_fields(mail: Message) -> BounceReport | None:
    """Return what the fields of RFC 3464 say, or None without any; of several recipients, behind an alias, the worst."""
    reports = [_of_recipient(block) for part in mail.walk() for block in _blocks(part)]
    return min(
        (each for each in reports if each is not None), key=lambda each: _ORDER.index(each.kind), default=None
    )


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields of a report: one of the message, then one for each recipient."""
    payload = part.get_payload() if part.get_content_type() == _STATUS_TYPE else None
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _of_recipient(block: Message) -> BounceReport | None:
    action, status = str(block.get("Action", "")).strip().lower(), _first_status(str(block.get("Status", "")))
    if not action and not status:
        return None
    told = _first_status(str(block.get("Diagnostic-Code", "")))
    if status.endswith(".0.0") or not status:
        status = told or status  # Exim says no more than 5.0.0 itself
    # A server that gives up after days says `failed`, and keeps the status of the last try: 4.4.7.
    if action.startswith(("fail", "error")) or (not action and status.startswith("5")):
        return BounceReport(BounceKind.FINAL, status if status[:1] in {"4", "5"} else _UNKNOWN_CAUSE)
    if action.startswith("delay") or (not action and status.startswith("4")):
        return BounceReport(BounceKind.DELAYED, status or "4.0.0")
    return OTHER  # delivered, relayed or expanded


def _in_words(mail: Message) -> BounceReport:
    """Return what servers say that have a form of their own."""
    temporary, permanent = all_failures(mail)
    if not temporary and not permanent:
        return OTHER
    text = _text(mail)
    statuses = [str(each) for each in _STATUS.findall(text)]
    if not permanent:
        return BounceReport(BounceKind.DELAYED, next((each for each in statuses if each[0] == "4"), "4.0.0"))
    told = next((each for each in statuses if each[0] == "5"), "")
    return BounceReport(BounceKind.FINAL, told or (_FULL if _SAYS_FULL.search(text) else _UNKNOWN_CAUSE))


def _text(mail: Message) -> str:
    """Return the begin of the first part that is text."""
    part = next((each for each in mail.walk() if each.get_content_maintype() == "text"), None)
    body = part.get_payload(decode=True) if part is not None else b""
    return body.decode("latin-1")[:_LONGEST_TEXT] if isinstance(body, bytes) else ""


def _first_status(field: str) -> str:
    found = _STATUS.search(field)
    return found[1] if found else ""
