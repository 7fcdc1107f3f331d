"""The constants of SMPP 3.4 that are used here, by the specification's names."""

from datetime import timedelta
from enum import Enum, IntEnum, auto


class Status(IntEnum):
    """The command_status of an answer (§ 5.1.3)."""

    ESME_ROK = 0x00
    ESME_RINVBNDSTS = 0x04
    ESME_RALYBND = 0x05
    ESME_RSYSERR = 0x08
    ESME_RINVDSTADR = 0x0B
    ESME_RBINDFAIL = 0x0D
    ESME_RINVPASWD = 0x0E
    ESME_RINVSYSID = 0x0F
    ESME_RMSGQFUL = 0x14
    ESME_RSUBMITFAIL = 0x45
    ESME_RINVSYSTYP = 0x53
    ESME_RTHROTTLED = 0x58
    ESME_RINVEXPIRY = 0x62
    ESME_RX_T_APPN = 0x64


class Meaning(Enum):
    """What to do after an answer to a submit."""

    MESSAGE_REFUSED = auto()  # this message, for good
    NOT_NOW = auto()  # a retry may be accepted
    SESSION_UNUSABLE = auto()  # no message is accepted on it: bind again, and retry


# By § 5.1.3; which of them pass is Kannel's choice (gw/smsc/smpp_pdu.c). Every other status refuses the message.
_MEANINGS = {
    Status.ESME_RSYSERR: Meaning.NOT_NOW,
    Status.ESME_RMSGQFUL: Meaning.NOT_NOW,
    Status.ESME_RTHROTTLED: Meaning.NOT_NOW,
    Status.ESME_RX_T_APPN: Meaning.NOT_NOW,
    Status.ESME_RINVBNDSTS: Meaning.SESSION_UNUSABLE,
    Status.ESME_RALYBND: Meaning.SESSION_UNUSABLE,
    Status.ESME_RBINDFAIL: Meaning.SESSION_UNUSABLE,
    Status.ESME_RINVPASWD: Meaning.SESSION_UNUSABLE,
    Status.ESME_RINVSYSID: Meaning.SESSION_UNUSABLE,
    Status.ESME_RINVSYSTYP: Meaning.SESSION_UNUSABLE,
}


def meaning_of(status: int) -> Meaning:
    """Return what a status other than ESME_ROK means for a submit."""
    return next((meaning for known, meaning in _MEANINGS.items() if known == status), Meaning.MESSAGE_REFUSED)


def relative_time(duration: timedelta) -> str:
    """Return a duration of less than a month as SMPP writes it (§ 7.1.1.2): the operator counts it, by its own clock."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"0000{days:02d}{hours:02d}{minutes:02d}{seconds:02d}000R"


class Tag(IntEnum):
    """The optional parameters (§ 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class MessageState(IntEnum):
    """The message_state (§ 5.2.28), by the words of a receipt's text (appendix B)."""

    ENROUTE = 1
    DELIVRD = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIV = 5
    ACCEPTD = 6
    UNKNOWN = 7
    REJECTD = 8


# The words that operators write after `stat:`, beside those of appendix B, by the state that they mean. Clients that have met
# many operators read the same: Kannel, jSMPP, python-smpplib. A word that is not here says nothing.
SPELLINGS = {
    **{state.name: state for state in MessageState},
    "DELIVERED": MessageState.DELIVRD,
    "DELIVERD": MessageState.DELIVRD,
    "UNDELIVERABLE": MessageState.UNDELIV,
    "UNDELIVERED": MessageState.UNDELIV,
    "UNDELIVRD": MessageState.UNDELIV,
    "FAILED": MessageState.UNDELIV,
    "EXPIRD": MessageState.EXPIRED,
    "REJECTED": MessageState.REJECTD,
    "REJECT": MessageState.REJECTD,
    "ACCEPTED": MessageState.ACCEPTD,
    "ACKED": MessageState.ACCEPTD,
    "ENROUTED": MessageState.ENROUTE,
    "BUFFERED": MessageState.ENROUTE,
    "BUFFRED": MessageState.ENROUTE,
    "SCHEDULED": MessageState.ENROUTE,
    "PENDING": MessageState.ENROUTE,
    "SENT": MessageState.ENROUTE,
}
# Another receipt will follow. Operators send UNKNOWN as their last word.
INTERMEDIATE = frozenset({MessageState.ENROUTE, MessageState.ACCEPTD})

# esm_class, § 5.2.12: these bits distinguish a receipt from a phone's own message.
TYPE_BITS = 0x3C
RECEIPT_TYPE = 0x04
INTERMEDIATE_TYPE = 0x20
UDH_INDICATOR = 0x40
