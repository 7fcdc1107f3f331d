"""Submits segments at the operator's rate and within its window, and translates its answers."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from smpp34 import SmppError, SubmitSmResp, Tlv

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.base.rate_limiter import RateLimiter
from activities.gateways.sms.smpp_account import SmppAccount
from activities.gateways.sms.smpp_codes import Meaning, Status, Tag, meaning_of, relative_time
from activities.gateways.sms.smpp_session import SmppSession

_log = structlog.stdlib.get_logger(__name__)
_ALPHANUMERIC, _INTERNATIONAL = 5, 1
_UNKNOWN_PLAN, _ISDN = 0, 1
_REASONS = {Status.ESME_RTHROTTLED: "smpp-throttled", Status.ESME_RMSGQFUL: "smpp-queue-full"}


class SessionUnusableError(Exception):
    """Raised when the operator accepts no message on this session; `reason` has the status."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Segment:
    """One submit_sm; `reference`, of 16 bits, identifies a repeat. Without `valid_for` the operator's own limit holds."""

    to: str
    octets: bytes
    data_coding: int
    esm_class: int
    reference: int
    valid_for: timedelta | None


class Submitter:
    """Submits segments on the bound session; rate and window outlive the session.

    Both are needed. The operator throttles more than its rate (OVHcloud: 20 a second, where 100 SMS left in 0.2 s
    without a limit), and the library does not keep the window that it is given (smpp34 1.5.0: of 7 submits at a
    window of 3, all 7 were sent at once), which fills when the operator takes longer than window / rate to answer.
    """

    def __init__(self, account: SmppAccount, name: str) -> None:
        self._account = account
        self._name = name
        self._rate = RateLimiter(account.rate)
        self._window = asyncio.Semaphore(account.window)
        self._takes_durations = True

    async def submit(self, session: SmppSession, segment: Segment, by: float) -> str:
        """Return the operator's id of the segment; `by` is when its message is given up, in the loop's time.

        Raises:
            GatewayUnavailableError: no place in the window, no answer in time, or a temporary status.
            SessionUnusableError: a status that refuses every message on this session.
            GatewayRefusedError: any other status.
        """
        time = asyncio.get_running_loop().time
        turn_by = min(time() + self._account.turn_wait, by)
        await self._place_in_window(turn_by)
        try:
            await self._turn(turn_by)
            async with asyncio.timeout_at(min(time() + self._account.submit_timeout, by)):
                answer = await self._answer(session, segment)
        except TimeoutError:
            raise GatewayUnavailableError(self._name, "smpp-timeout", may_be_taken=True) from None
        except SmppError:
            raise GatewayUnavailableError(self._name, "smpp-disconnected", may_be_taken=True) from None
        finally:
            self._window.release()
        return self._id_of(answer)

    async def _place_in_window(self, turn_by: float) -> None:
        # Without a limit, the activity's time-out could fall between submit and answer.
        if asyncio.get_running_loop().time() >= turn_by:
            raise GatewayUnavailableError(self._name, "smpp-busy")
        try:
            async with asyncio.timeout_at(turn_by):
                await self._window.acquire()
        except TimeoutError:
            raise GatewayUnavailableError(self._name, "smpp-busy") from None

    async def _turn(self, turn_by: float) -> None:
        try:
            await self._rate.turn(turn_by - asyncio.get_running_loop().time())
        except TimeoutError:
            raise GatewayUnavailableError(self._name, "smpp-busy") from None

    async def _answer(self, session: SmppSession, segment: Segment) -> SubmitSmResp:
        """Return the answer to a segment; an operator that takes no duration gets it, and all later ones, without."""
        told = segment if self._takes_durations else replace(segment, valid_for=None)
        answer = await self._put_on_wire(session, told)
        if answer.command_status != Status.ESME_RINVEXPIRY or told.valid_for is None:
            return answer
        _log.warning("smpp_validity_refused", gateway=self._name)
        self._takes_durations = False
        return await self._put_on_wire(session, replace(segment, valid_for=None))

    async def _put_on_wire(self, session: SmppSession, segment: Segment) -> SubmitSmResp:
        return await session.smsc.submit_sm(
            segment.to.removeprefix("+"),
            segment.octets,
            source_addr=self._account.sender,
            source_addr_ton=_ALPHANUMERIC,
            source_addr_npi=_UNKNOWN_PLAN,
            dest_addr_ton=_INTERNATIONAL,
            dest_addr_npi=_ISDN,
            esm_class=segment.esm_class,
            validity_period="" if segment.valid_for is None else relative_time(segment.valid_for),
            data_coding=segment.data_coding,
            registered_delivery=1,
            tlvs=[Tlv(Tag.USER_MESSAGE_REFERENCE, segment.reference.to_bytes(2, "big"))],
        )

    def _id_of(self, answer: SubmitSmResp) -> str:
        if answer.is_success:
            return self._account.answer_ids.read(answer.message_id or "")
        reason = _REASONS.get(Status(answer.command_status)) if answer.command_status in list(Status) else None
        reason = reason or f"smpp-0x{answer.command_status:08X}"
        match meaning_of(answer.command_status):
            case Meaning.NOT_NOW:
                raise GatewayUnavailableError(self._name, reason)
            case Meaning.SESSION_UNUSABLE:
                raise SessionUnusableError(reason)
            case Meaning.MESSAGE_REFUSED:
                raise GatewayRefusedError(self._name, reason)
