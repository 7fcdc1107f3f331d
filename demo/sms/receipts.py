"""Delivery receipts of the message centre, in the format of SMPP 3.4, appendix B."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from smpp34 import Esme, Tlv

from activities.gateways.sms.smpp_codes import RECEIPT_TYPE, MessageState, Tag
from demo.state.gateway_modes import Behaviour

_ABSENT_SUBSCRIBER = "011"


@dataclass(frozen=True)
class PendingReceipt:
    """The final state of a segment, to be delivered to a session that is bound as `system_id`."""

    system_id: str
    gateway_id: str
    phone: str
    sender: str
    submitted: str
    state: str = MessageState.DELIVRD.name

    def content(self) -> dict[str, str]:
        """Return the fields as a dictionary to store; `PendingReceipt(**content)` is the inverse."""
        return asdict(self)

    async def deliver(self, session: Esme, now: datetime) -> bool:
        """Send the receipt, and return whether the client acknowledged it.

        Raises:
            SmppError: the session ended.
        """
        state = MessageState[self.state]
        answer = await session.deliver_sm(
            self.sender,
            self._text(now).encode(),
            source_addr=self.phone,
            esm_class=RECEIPT_TYPE,
            tlvs=[
                Tlv(Tag.RECEIPTED_MESSAGE_ID, self.gateway_id.encode() + b"\0"),
                Tlv(Tag.MESSAGE_STATE, bytes([state])),
            ],
        )
        return answer.is_success

    def _text(self, now: datetime) -> str:
        delivered = self.state == MessageState.DELIVRD.name
        submitted, done = (f"{at:%y%m%d%H%M}" for at in (datetime.fromisoformat(self.submitted), now))
        return (
            f"id:{self.gateway_id} sub:001 dlvrd:{int(delivered):03} submit date:{submitted} "
            f"done date:{done} stat:{self.state} err:{'000' if delivered else _ABSENT_SUBSCRIBER} text:"
        )


def receipts_for(behaviour: Behaviour, receipt: PendingReceipt) -> list[PendingReceipt]:
    """Return the receipts that follow a submit, as the mode's behaviour says."""
    match behaviour:
        case Behaviour.SILENT:
            return []
        case Behaviour.TWICE:
            return [receipt, receipt]
        case Behaviour.UNKNOWN:
            unrelated = PendingReceipt(**receipt.content() | {"gateway_id": uuid4().hex[:12]})
            return [unrelated, receipt]
        case Behaviour.UNDELIVERED:
            return [PendingReceipt(**receipt.content() | {"state": MessageState.UNDELIV.name})]
        case _:
            return [receipt]
