"""What waits for an operator, grouped by cause."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.progress.failure_filter import FailureFilter
from activities.progress.failures import Failures
from activities.store.database import Database
from election.procedures import Procedure
from election.stages import Stage
from tests.support.held_recoveries import Send, add_sends

_REFUSED, _UNBOUND, _NO_MAILBOX = "sms:smpp-0x0000000B", "sms:smpp-unbound", "email:smtp-550"
_PASSWORD = Procedure.PASSWORD
_SENDS = (
    Send(_REFUSED, 1, age=timedelta(hours=2)),
    Send(_REFUSED, 2, place="BE", gateway="second"),
    Send(_REFUSED, 3, Procedure.IDENTIFIER),
    Send(_NO_MAILBOX, 4, _PASSWORD, place="ac-lyon.fr", gateway="smtp"),
    Send(_UNBOUND, 5, stage=Stage.SENDING),
)


async def test_failures_are_grouped_by_cause(database: Database) -> None:
    """With their number, first and last instant, procedures, places and gateways; what is tried again comes last, apart."""
    await add_sends(database, *_SENDS)
    refused, mailbox, unbound = await Failures(database).groups(FailureFilter())
    assert [each.fault for each in (refused, mailbox, unbound)] == [_REFUSED, _NO_MAILBOX, _UNBOUND]
    assert [each.is_held for each in (refused, mailbox, unbound)] == [True, True, False]
    assert refused.count == 3
    assert refused.last_seen - refused.first_seen == timedelta(minutes=110)
    assert refused.procedures == {Procedure.VOTING_CODE: 2, Procedure.IDENTIFIER: 1}
    assert refused.places == {"FR": 2, "BE": 1}
    assert refused.gateways == {"smpp": 2, "second": 1}
    assert (mailbox.channel, mailbox.reason, mailbox.places) == ("email", "smtp-550", {"ac-lyon.fr": 1})


async def test_what_is_tried_again_is_counted_by_gateway(database: Database) -> None:
    """With the fault that most of its sends have; what waits for somebody is not among them."""
    busy = [Send("sms:smpp-throttled", number, stage=Stage.SENDING) for number in (6, 7)]
    other = Send(_UNBOUND, 8, stage=Stage.SENDING, gateway="second")
    await add_sends(database, *_SENDS, *busy, other)
    assert await Failures(database).postponed() == {"smpp": ("sms:smpp-throttled", 2), "second": (_UNBOUND, 1)}


async def test_what_nobody_waits_for_is_no_failure(database: Database) -> None:
    """Its link has died, it was retried since, or its recovery has ended."""
    died = Send(_REFUSED, 1, dies_at=datetime(2020, 1, 1, tzinfo=UTC))
    await add_sends(database, died, Send("", 2, stage=Stage.SENDING), Send(_REFUSED, 3, stage=Stage.CANCELLED))
    assert await Failures(database).groups(FailureFilter()) == []


async def test_the_second_mail_of_2011_finds_its_message(database: Database) -> None:
    """Its id differs from that of the link's mail, whose domain would be another."""
    both = Procedure.IDENTIFIER_AND_PASSWORD
    await add_sends(database, Send(_NO_MAILBOX, 1, both, place="exemple.fr", is_second_mail=True))
    (group,) = await Failures(database).groups(FailureFilter())
    assert group.places == {"exemple.fr": 1}


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (FailureFilter(), [1, 2, 3, 4]),
        (FailureFilter(channel="email"), [4]),
        (FailureFilter(procedure=Procedure.IDENTIFIER), [3]),
        (FailureFilter(causes=(_REFUSED,)), [1, 2, 3]),
        (FailureFilter(causes=("smpp-0x0000000B",)), [1, 2, 3]),
        (FailureFilter(causes=(_NO_MAILBOX, "unknown")), [4]),
        (FailureFilter(workflow_ids=(_SENDS[0].workflow_id, _SENDS[3].workflow_id, "gone")), [1, 4]),
    ],
)
async def test_each_filter_finds_its_sends(database: Database, asked: FailureFilter, numbers: list[int]) -> None:
    """In the list, and in the numbers by cause."""
    await add_sends(database, *_SENDS)
    failures = Failures(database)
    found = {each.workflow_id for each in await failures.held(asked, 10)}
    assert found == {each.workflow_id for each in _SENDS if each.number in numbers}
    assert sum(each.count for each in await failures.held_by_cause(asked)) == len(numbers)


async def test_a_filter_finds_what_has_been_held_for_long(database: Database) -> None:
    """Before an instant, in the list and in the numbers by cause."""
    await add_sends(database, *_SENDS)
    failures, long_ago = Failures(database), FailureFilter(held_until=datetime.now(UTC) - timedelta(hours=1))
    assert [each.workflow_id for each in await failures.held(long_ago, 10)] == [_SENDS[0].workflow_id]
    assert [each.count for each in await failures.held_by_cause(long_ago)] == [1]


async def test_a_list_goes_on_where_a_page_has_ended(database: Database) -> None:
    """Two pages have each send once."""
    await add_sends(database, *_SENDS)
    failures = Failures(database)
    first = await failures.held(FailureFilter(), 3)
    rest = await failures.held(FailureFilter(), 3, (first[-1].since, first[-1].workflow_id))
    assert first[0].workflow_id == _SENDS[0].workflow_id
    assert len({*first, *rest}) == 4
