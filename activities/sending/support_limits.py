"""The limits of letters to the support desk: of one sender, from one network address, and of all together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from activities.evidence.access_trace import AddressHashes
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.rates import Rates
from election.attempts import SupportLetterRules

_log = structlog.get_logger(__name__)
_HOUR = timedelta(hours=1)


class SupportLimit(StrEnum):
    """Which limit a letter has reached."""

    SENDER = "sender"
    NETWORK = "network"
    ALL = "all"


@dataclass(frozen=True)
class SupportRefusal:
    """The limit that a letter has reached, and until when."""

    limit: SupportLimit
    until: datetime


@dataclass(frozen=True)
class LetterSender:
    """Whose letter it is: an elector's id, or a keyed hash of the address to answer to; and where it comes from.

    `request_id` is that of the letter: the same letter counts once for its sender. `address` is the network address.
    """

    subject: str
    request_id: str
    address: str = ""
    has_signed_in: bool = False


class SupportLimits:
    """Counts letters in the database, for all web processes; no limit lasts longer than its hour or its longest wait."""

    def __init__(
        self, letters: Attempts, rates: Rates, addresses: AddressHashes, rules: SupportLetterRules
    ) -> None:
        self._letters = letters
        self._rates = rates
        self._addresses = addresses
        self._rules = rules

    async def count(self, sender: LetterSender) -> SupportRefusal | None:
        """Count a letter and return None, or return the limit that it has reached.

        The network address comes first: whoever has reached its limit makes no other sender wait.
        """
        if not sender.has_signed_in and await self._is_network_over(sender.address):
            return SupportRefusal(SupportLimit.NETWORK, self._rates.period_end(_HOUR))
        attempt = Attempt(sender.subject, AttemptScope.SUPPORT, sender.request_id)
        until = await self._letters.count(attempt)
        if until is not None:
            return SupportRefusal(SupportLimit.SENDER, until)
        if await self._are_all_over(has_signed_in=sender.has_signed_in):
            return SupportRefusal(SupportLimit.ALL, self._rates.period_end(_HOUR))
        return None

    async def _is_network_over(self, address: str) -> bool:
        hashed = await self._addresses.hash(address)
        if not hashed:
            return False  # a Unix socket: the reverse proxy does not say where the request comes from
        return await self._rates.add(f"support-network:{hashed}", _HOUR) > self._rules.per_network_an_hour

    async def _are_all_over(self, *, has_signed_in: bool) -> bool:
        kind = "electors" if has_signed_in else "strangers"
        counted, limit = await self._rates.add(f"support-{kind}", _HOUR), self._rules.without_sign_in_an_hour
        if counted == limit + 1:
            # The runbook has this line: an attack, or a limit that is too low.
            _log.warning("support_letters_limit", senders=kind, limit=limit)
        return counted > limit
