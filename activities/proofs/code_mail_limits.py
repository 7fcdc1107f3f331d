"""The limits of mailed codes: waits for each network address, and a number an hour for one password."""

import secrets
from datetime import timedelta

from activities.evidence.access_trace import AddressHashes
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.rates import Rates
from election.attempts import CodeMailRules

_HOUR = timedelta(hours=1)


class CodeMailLimits:
    """Counts codes by the password that was right and by the network address that it was typed at.

    Somebody who knows the password makes nobody wait at another address; all addresses together have their number an hour.
    """

    def __init__(self, mails: Attempts, rates: Rates, addresses: AddressHashes, rules: CodeMailRules) -> None:
        self._mails = mails
        self._rates = rates
        self._addresses = addresses
        self._rules = rules

    async def count(self, subject: str, address: str) -> bool:
        """Count a code and return whether it may be sent; `subject` has at most 32 characters."""
        if await self._mails.count(await self._attempt(subject, address)) is not None:
            return False
        return await self._rates.add(f"sign-in-codes:{subject}", _HOUR) <= self._rules.all_an_hour

    async def reset(self, subject: str, address: str) -> None:
        """Forget the codes of a network address: one of them was right."""
        await self._mails.reset(await self._attempt(subject, address))

    async def _attempt(self, subject: str, address: str) -> Attempt:
        hashed = await self._addresses.hash(address)
        return Attempt(f"{subject}{hashed}", AttemptScope.SIGN_IN_CODE, secrets.token_hex(16))
