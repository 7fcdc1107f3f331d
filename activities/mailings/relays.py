"""The relays that a mailing goes by: for each mail the one that the routing draws, without those that have just failed."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from activities.config.errors import DatabaseUnavailableError
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.base.gateway import Gateway
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.watched import is_of_one_message
from activities.outbox.answers import Answer, RelayAnswer
from activities.routing.gateways import Gateways
from activities.store.database import Database
from election.routing.choice import LastTry

# A relay that postpones so many in a row is away, whatever it says of each.
_MOST_POSTPONED = 20


class Relays:
    """The relays of one run of a sender: one that is away is left out until the next run, some seconds later."""

    def __init__(self, gateways: Gateways[MailMessage, None], database: Database) -> None:
        self._gateways = gateways
        self._database = database
        self._away: dict[str, GatewayUnavailableError] = {}
        self._postponed: Counter[str] = Counter()

    async def hand_over(self, mail: MailMessage, last: LastTry | None) -> RelayAnswer:
        """Return a relay's answer: while one is away, the next one's.

        A mail that a relay may have taken is put off, and not given to another one at once. So is a mail that every relay has
        failed with: it may be the reason, and others may go.

        Raises:
            GatewayUnavailableError: all were away or suspended before.
        """
        failed: RelayAnswer | None = None
        while True:
            try:
                relay = await self._choose(last)
            except GatewayUnavailableError as none_left:
                if failed is None:
                    raise
                return replace(failed, relay_fault=none_left.reason)
            try:
                await relay.send(mail)
            except GatewayRefusedError as error:
                answer = RelayAnswer(relay.name, Answer.REFUSED, error.reason)
            except GatewayUnavailableError as error:
                answer = _postponed(relay.name, error, failed)
                if not is_of_one_message(error):
                    await self._leave_out(relay.name, error)
                    if not (error.may_be_taken and self._gateways.are_several):
                        failed = answer
                        continue
            else:
                answer = RelayAnswer(relay.name, Answer.ACCEPTED)
            self._count(answer)
            return answer

    async def _choose(self, last: LastTry | None) -> Gateway[MailMessage, None]:
        try:
            return await self._gateways.choose(last=last, without=self._away)
        except GatewayUnavailableError as suspended:
            *_, fault = (suspended, *self._away.values())
            raise fault from None

    async def _leave_out(self, relay: str, error: GatewayUnavailableError) -> None:
        self._away[relay] = error
        if self._gateways.are_several:
            # The relay's answer counts more than its being counted: it may have taken the mail.
            with suppress(DatabaseUnavailableError):
                async with self._database.writing() as connection:
                    await self._gateways.note_error(connection, error)

    def _count(self, answered: RelayAnswer) -> None:
        is_postponed = answered.kind is Answer.POSTPONED and not answered.may_be_taken
        self._postponed[answered.relay] = self._postponed[answered.relay] + 1 if is_postponed else 0
        if self._postponed[answered.relay] >= _MOST_POSTPONED:
            self._away[answered.relay] = GatewayUnavailableError(answered.relay, answered.cause)


def _postponed(relay: str, error: GatewayUnavailableError, before: RelayAnswer | None) -> RelayAnswer:
    is_there = error.is_there or (before is not None and before.is_there)
    return RelayAnswer(relay, Answer.POSTPONED, error.reason, error.may_be_taken, is_there=is_there)


NewRelays = Callable[[], Relays]
