"""The constants of SMPP 3.4 that are used here, by the specification's names."""

from enum import IntEnum


class Status(IntEnum):
    """The command_status of a submit_sm_resp (§ 5.1.3)."""

    ESME_ROK = 0x00
    ESME_RSYSERR = 0x08
    ESME_RINVDSTADR = 0x0B
    ESME_RMSGQFUL = 0x14
    ESME_RSUBMITFAIL = 0x45
    ESME_RTHROTTLED = 0x58
    ESME_RX_T_APPN = 0x64


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


# esm_class, § 5.2.12: these bits distinguish a receipt from a phone's own message.
TYPE_BITS = 0x3C
RECEIPT_TYPE = 0x04
UDH_INDICATOR = 0x40
