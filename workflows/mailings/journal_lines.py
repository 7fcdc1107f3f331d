"""The lines of the journal of a mailing: they wait for the database apart from its work, which goes on or is given up without them."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.evidence.journal import Event
from activities.mailings.mailings import MailingAct, Mailings
from workflows.contracts.options import MAILING_ACTIVITY
from workflows.contracts.orders import Control, is_verified_at
from workflows.mailings.bureau import tell_of_retry
from workflows.mailings.messages import MailingState
from workflows.parts.database_calls import DatabaseCalls


class JournalLines:
    """Writes the lines of a mailing. Their `calls` are held while the database does not take them, until they are given up."""

    def __init__(
        self, name: str, state: MailingState, has_begun: Callable[[], bool], show_details: Callable[[], None]
    ) -> None:
        self.calls = DatabaseCalls(show_details, MAILING_ACTIVITY)
        self._name = name
        self._id = workflow.info().workflow_id
        self._state = state
        self._has_begun = has_begun
        self._show_details = show_details
        self._begun: list[asyncio.Task[None]] = []

    @property
    def are_done(self) -> bool:
        """Whether each line is written, or was given up."""
        return all(each.done() for each in self._begun)

    async def add(self, event: Event, detail: str = "", outcome: str = "") -> None:
        """Write what the mailing does by itself, and return when it is written; a stop does not wait for that."""
        added = self._begin(self._write(MailingAct(workflow.uuid4().hex, self._id, event, "", outcome, detail)))
        await workflow.wait_condition(lambda: added.done() or self._state.is_stopped)

    def add_order(
        self,
        event: Event,
        order: Control,
        detail: str = "",
        outcome: str = "",
        given_at: datetime | None = None,
        *,
        holds: bool = True,
    ) -> asyncio.Task[None]:
        """Begin to write an operator's order, and return what ends when it is written, or given up."""
        at = given_at or workflow.now()

        async def write() -> None:
            # One that was given with the start can be verified when the mailing has begun.
            await workflow.wait_condition(self._has_begun)
            if event is Event.MAILING_RETRIED:
                told = (order.operator, int(outcome), detail, self._state.bureau_addresses)
                await tell_of_retry(self._name, *told)
            act = (workflow.uuid4().hex, self._id, event, order.operator, outcome, detail)
            verified = is_verified_at(self._state.console_key, self._id, order, at)
            await self._write(MailingAct(*act, verified), holds=holds)

        return self._begin(write())

    def _begin(self, line: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._begun.append(begun := asyncio.create_task(line))
        return begun

    async def _write(self, act: MailingAct, *, holds: bool = True) -> None:
        self._show_details()
        try:
            await self.calls.run(Mailings.note_mailing, act, holds=holds)
        except FailureError:
            workflow.logger.warning("a line was not journalled: the database did not answer")
