"""The row of a recovery, after the changes that its activities make."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.progress import rows
from activities.progress.reader import ProgressReader
from activities.progress.rows import LinkOf, SendOf
from activities.security.purposes import PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from election.following.progress import Progress
from election.stages import Channel, Stage

OWN, FORMER = LinkOf("code-de-vote/camille", "link-2"), LinkOf("code-de-vote/camille", "link-1")
SEND, FORMER_SEND = SendOf(OWN.workflow_id, OWN.link_id, 1), SendOf(FORMER.workflow_id, FORMER.link_id, 1)
RETRIED = SendOf(OWN.workflow_id, OWN.link_id, 2)
END = datetime(2031, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
Change = Callable[..., Awaitable[None]]


class Row:
    """One recovery's row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = ProgressReader(database)

    async def change(self, how: Change, *args: Any, **values: Any) -> Progress:
        """Make a change in a transaction of its own, and return the row."""
        async with self._database.writing() as connection:
            await how(connection, *args, **values)
        return await self.read()

    async def read(self) -> Progress:
        """Return the row."""
        noted = await self._reader.find(OWN.workflow_id)
        assert noted is not None
        return noted.progress


@pytest_asyncio.fixture
async def row(database: Database) -> AsyncIterator[Row]:
    """A recovery whose second link was just begun."""
    row = Row(database)
    await row.change(_begin)
    yield row


async def _begin(connection: AsyncConnection, link: LinkOf = OWN, hint: str | None = "•• 78") -> None:
    await rows.begin(connection, link, Channel.SMS, hint=hint, sends_left=6, dies_at=END)


async def test_a_request_that_is_accepted_begins_a_row(row: Row) -> None:
    """With its destination, masked, the end of its link and the sends that are left."""
    begun = await row.read()
    assert (begun.stage, begun.channel, begun.hint) == (Stage.SENDING, Channel.SMS, "•• 78")
    assert (begun.link_id, begun.dies_at, begun.sends_left) == ("link-2", END, 6)
    assert begun.begun_at is not None


async def test_a_link_that_is_sent_again_goes_where_the_former_went(row: Row) -> None:
    """Nothing of the former link's message is left but the destination."""
    await row.change(rows.accept, SEND, dies_at=None, lives=HOUR)
    again = await row.change(_begin, LinkOf(OWN.workflow_id, "link-3"), None)
    assert (again.link_id, again.hint, again.accepted_at, again.dies_at) == ("link-3", "•• 78", None, END)


async def test_a_judgement_that_runs_again_begins_nothing(row: Row) -> None:
    """The message of its link may have been accepted in between."""
    accepted = await row.change(rows.accept, SEND, dies_at=None, lives=HOUR)
    assert await row.change(_begin) == accepted


async def test_the_acceptance_and_the_arrival_shorten_the_link(row: Row) -> None:
    """To the earliest of the times that apply; a later one lengthens nothing."""
    accepted = await row.change(rows.accept, SEND, dies_at=None, lives=HOUR)
    assert accepted.accepted_at is not None
    assert accepted.dies_at is not None
    assert accepted.dies_at - accepted.accepted_at <= HOUR + timedelta(seconds=1)
    arrived = await row.change(rows.deliver, SEND, lives=2 * HOUR)
    assert (arrived.dies_at, arrived.delivered_at is not None) == (accepted.dies_at, True)


async def test_a_final_failure_is_held_until_it_is_retried_or_arrives(row: Row) -> None:
    """The link lives as long as any meanwhile; the retry begins a new message."""
    await row.change(rows.accept, SEND, dies_at=None, lives=HOUR)
    held = await row.change(rows.hold, SEND, "sms:smpp-undeliv", END)
    assert (held.stage, held.fault, held.dies_at) == (Stage.HELD, "sms:smpp-undeliv", END)
    late_answer = await row.change(rows.accept, SEND, dies_at=None, lives=HOUR)
    assert (late_answer.stage, late_answer.fault, late_answer.dies_at) == (Stage.HELD, "sms:smpp-undeliv", END)
    retried = await row.change(rows.retry, RETRIED)
    assert (retried.stage, retried.fault, retried.accepted_at) == (Stage.SENDING, "", None)
    assert await row.change(rows.deliver, SEND, lives=HOUR) == retried  # a receipt of the send before
    await row.change(rows.hold, RETRIED, "sms:smpp-undeliv", END)
    arrived = await row.change(rows.deliver, RETRIED, lives=HOUR)
    assert (arrived.stage, arrived.fault) == (Stage.SENDING, "")


async def _accept(connection: AsyncConnection) -> None:
    await rows.accept(connection, RETRIED, dies_at=None, lives=HOUR)


async def _deliver(connection: AsyncConnection) -> None:
    await rows.deliver(connection, RETRIED, lives=HOUR)


async def _postpone(connection: AsyncConnection) -> None:
    await rows.postpone(connection, RETRIED, "sms:smpp-unbound")


async def _hold(connection: AsyncConnection) -> None:
    await rows.hold(connection, RETRIED, "sms:smpp-refused", END)


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "not noted as held"])
@pytest.mark.parametrize("answer", [_accept, _deliver, _postpone, _hold])
async def test_a_retry_and_the_answer_to_its_send_are_noted_in_any_order(
    row: Row, answer: Change, is_held: bool
) -> None:
    """The note of the retry may be late, or given up: while the database was away the send is tried more often than it."""

    async def noted(*changes: Callable[[], Awaitable[Progress]]) -> tuple[object, ...]:
        await row.change(_begin, LinkOf(OWN.workflow_id, "another"))
        await row.change(_begin)
        await row.change(rows.accept, SEND, dies_at=None, lives=2 * HOUR)
        if is_held:
            await row.change(rows.hold, SEND, "sms:smpp-undeliv", END)
        begun = (await row.read()).begun_at
        for each in changes:
            after = await each()
        assert begun is not None
        assert after.begun_at is not None
        is_short = after.dies_at is not None and after.dies_at < after.begun_at + 2 * HOUR
        times = (after.accepted_at is not None, after.delivered_at is not None, after.begun_at > begun, is_short)
        assert await row.change(rows.hold, SEND, "sms:x", END) == after  # of the send before
        return (after.stage, after.fault, *times)

    async def retry() -> Progress:
        return await row.change(rows.retry, RETRIED)

    async def answered() -> Progress:
        return await row.change(answer)

    usual = await noted(retry, answered)
    assert await noted(answered, retry) == usual
    assert await noted(answered) == usual


async def test_a_message_that_is_tried_again_has_its_fault(row: Row) -> None:
    """Until it is accepted; then an earlier try's answer, which comes late, changes nothing."""
    assert (await row.change(rows.postpone, SEND, "sms:smpp-unbound")).fault == "sms:smpp-unbound"
    assert (await row.change(rows.accept, SEND, dies_at=END, lives=None)).fault == ""
    assert (await row.change(rows.postpone, SEND, "sms:smpp-unbound")).fault == ""


async def test_nothing_of_a_former_link_changes_the_row(row: Row) -> None:
    """Its message's answers may come when a newer link is on its way."""
    before = await row.read()
    await row.change(rows.accept, FORMER_SEND, dies_at=None, lives=HOUR)
    await row.change(rows.postpone, FORMER_SEND, "sms:x")
    await row.change(rows.hold, FORMER_SEND, "sms:x", END)
    await row.change(rows.deliver, FORMER_SEND, lives=HOUR)
    await row.change(rows.display, FORMER, HOUR)
    assert await row.change(rows.settle, FORMER, Stage.EXPIRED) == before


async def test_a_used_link_is_displayed_without_its_destination(row: Row) -> None:
    """Nothing of its message counts any more; the voter's note ends the window, once."""
    shown = await row.change(rows.display, OWN, HOUR)
    assert (shown.stage, shown.hint) == (Stage.DISPLAYING, "")
    assert await row.change(rows.hold, SEND, "sms:x", END) == shown
    noted = await row.change(rows.end_display, OWN.workflow_id)
    assert noted.display_until is not None
    assert shown.display_until is not None
    assert noted.display_until < shown.display_until
    assert await row.change(rows.end_display, OWN.workflow_id) == noted


async def test_an_unsent_link_gives_the_row_back(row: Row) -> None:
    """To the former one, which was used while the new one was registered, or ends by itself."""
    newer = LinkOf(OWN.workflow_id, "link-3")
    await row.change(_begin, newer, None)
    assert (await row.change(rows.give_back, newer, SEND, None)).link_id == OWN.link_id
    await row.change(_begin, newer, None)
    used = await row.change(rows.give_back, newer, SEND, HOUR)
    assert (used.link_id, used.stage, used.hint) == (OWN.link_id, Stage.DISPLAYING, "")


@pytest.mark.parametrize("is_settled_first", [True, False])
async def test_a_recovery_that_ends_while_a_link_is_registered_says_so(
    row: Row, *, is_settled_first: bool
) -> None:
    """Whichever transaction is first, that of the ending or that of the new link, which is not sent."""
    newer = LinkOf(OWN.workflow_id, "link-3")
    if is_settled_first:
        await row.change(rows.settle, OWN, Stage.EXPIRED)
    await row.change(_begin, newer, None)
    await row.change(rows.settle, OWN, Stage.EXPIRED)
    ended = await row.change(rows.give_back, newer, SEND, None, Stage.EXPIRED)
    assert (ended.link_id, ended.stage, ended.hint) == (OWN.link_id, Stage.EXPIRED, "")
    assert (await row.change(rows.settle, OWN, Stage.EXPIRED)).stage is Stage.EXPIRED


async def test_an_unsent_link_gives_the_row_back_to_the_last_send_of_the_former_one(row: Row) -> None:
    """Which an operator had retried: its answers count, and the earlier send's no more."""
    await row.change(rows.hold, SEND, "sms:x", END)
    await row.change(rows.retry, RETRIED)
    newer = LinkOf(OWN.workflow_id, "link-3")
    await row.change(_begin, newer, None)
    before = await row.change(rows.give_back, newer, RETRIED, None)
    assert await row.change(rows.hold, SEND, "sms:x", END) == before
    assert (await row.change(rows.accept, RETRIED, dies_at=END, lives=None)).accepted_at is not None


async def test_a_refusal_changes_only_a_row_that_is_over(row: Row) -> None:
    """A wrong proof does not disturb the link that is on its way."""
    before = await row.read()
    assert await row.change(rows.refuse, OWN.workflow_id) == before
    settled = await row.change(rows.settle, OWN, Stage.EXPIRED)
    assert (settled.stage, settled.hint) == (Stage.EXPIRED, "")
    assert (await row.change(rows.refuse, OWN.workflow_id)).stage is Stage.REFUSED


async def test_a_request_is_being_verified_until_its_proofs_are_destroyed(
    database: Database, vault: Vault
) -> None:
    """Before any row, and after an earlier recovery's end; a link on its way counts more."""
    row, reader = Row(database), ProgressReader(database)
    assert await reader.find(OWN.workflow_id) is None
    await vault.seal(OWN.workflow_id, "request", {PROOFS: "x"})
    assert (await row.read()).stage is Stage.VERIFYING
    assert (await row.change(_begin)).stage is Stage.SENDING


async def test_a_bounce_after_the_click_holds_nothing(row: Row) -> None:
    """In 2011 the identifier's mail is sent then, which has the same link and number."""
    held = await row.change(rows.bounce, SEND, "email:bounce-5.1.1", END)
    assert (held.stage, held.fault, held.dies_at) == (Stage.HELD, "email:bounce-5.1.1", END)
    await row.change(_begin, LinkOf(OWN.workflow_id, "link-3"), None)
    used = LinkOf(OWN.workflow_id, "link-3")
    displayed = await row.change(rows.display_and_send, used, HOUR, "c•••", END)
    assert (
        await row.change(rows.bounce, SendOf(used.workflow_id, used.link_id, 1), "email:bounce-5.1.1", END)
        == displayed
    )


async def test_the_second_mail_of_2011_counts_its_sends_anew(row: Row) -> None:
    """An operator had retried the link's mail: the identifier's first mail is accepted all the same."""
    await row.change(rows.hold, SEND, "email:smtp-550", END)
    await row.change(rows.retry, RETRIED)
    begun = await row.change(rows.display_and_send, OWN, HOUR, "c•••", END)
    assert await row.change(rows.accept, RETRIED, dies_at=None, lives=None) == begun  # of the link's mail
    accepted = await row.change(rows.accept, SEND, dies_at=None, lives=None)
    assert accepted.accepted_at is not None
    await row.change(rows.hold, SEND, "email:smtp-550", END)
    again = await row.change(rows.accept, RETRIED, dies_at=None, lives=None)
    assert (again.stage, again.fault) == (Stage.SENDING, "")


async def test_an_identifier_that_was_replaced_stays_so_whatever_becomes_of_its_sms(row: Row) -> None:
    """Its SMS fails, is sent again, and another request is made or refused: the former identifier works no more."""
    replaced = await row.change(rows.replace, OWN)
    assert replaced.replaced_at is not None
    await row.change(rows.accept, SEND, dies_at=None, lives=None)
    await row.change(rows.hold, SEND, "sms:smpp-undeliv", END)
    retried = await row.change(rows.retry, RETRIED)
    assert (retried.stage, retried.accepted_at) == (Stage.SENDING, None)
    assert (await row.change(rows.replace, OWN)).replaced_at == retried.replaced_at == replaced.replaced_at
    cancelled = await row.change(rows.settle, OWN, Stage.CANCELLED)
    refused = await row.change(rows.refuse, OWN.workflow_id)
    begun = await row.change(_begin, FORMER)
    assert [each.stage for each in (cancelled, refused, begun)] == [Stage.CANCELLED, Stage.REFUSED, Stage.SENDING]
    assert {each.replaced_at for each in (cancelled, refused, begun)} == {replaced.replaced_at}


@pytest.mark.parametrize("has_arrived", [True, False])
async def test_a_new_request_begins_with_the_identifier_that_was_obtained(row: Row, *, has_arrived: bool) -> None:
    """Once its SMS has arrived, or counts as arrived, that identifier is the one that the elector has."""
    await row.change(rows.replace, OWN)
    if has_arrived:
        await row.change(rows.deliver, SEND, lives=None)
    else:
        await row.change(rows.settle, OWN, Stage.REISSUED)
    assert (await row.change(_begin, FORMER)).replaced_at is None


@pytest.mark.parametrize("has_link", [True, False])
async def test_the_receipt_of_an_identifier_s_sms_is_noted_also_after_the_end(row: Row, *, has_link: bool) -> None:
    """The recovery may end before its receipt is noted, or an hour later; a link that has served stays as it is."""
    if has_link:
        await row.change(rows.display, OWN, timedelta(0))
    ended = await row.change(rows.settle, OWN, Stage.REISSUED)
    arrived = await row.change(rows.deliver, SEND, lives=None)
    assert (ended.stage, ended.delivered_at) == (Stage.REISSUED, None)
    assert (arrived.stage, arrived.delivered_at is None) == (Stage.REISSUED, has_link)


@pytest.mark.parametrize("is_displayed", [True, False])
async def test_a_cancellation_does_not_undo_a_reissue_that_was_committed(row: Row, *, is_displayed: bool) -> None:
    """It had given up a voting code or a password, of which the database had not answered: the new one is the valid one."""
    if is_displayed:
        await row.change(rows.display, OWN, HOUR)
    else:
        await row.change(rows.settle, OWN, Stage.REISSUED)
    assert (await row.change(rows.settle, OWN, Stage.CANCELLED)).stage is Stage.REISSUED
