"""What operators are told of the rows of recoveries, at which age."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Interval, bindparam, func, text, update

from activities.progress import rows
from activities.progress.reader import ProgressReader
from activities.progress.rows import LinkOf, SendOf
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import vault_keys
from election.stages import Channel

_END = datetime(2031, 1, 1, tzinfo=UTC)
_OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"
_AGO = func.now() - bindparam("age", type_=Interval)


async def _requests(database: Database, vault: Vault, *ages: timedelta) -> None:
    """Seal proofs and contact of one request of each age, without judging it."""
    for number, age in enumerate(ages):
        await vault.seal("code-de-vote/camille", f"request-{number}", {PROOFS: "sealed", CONTACT: "sealed"})
        is_this = vault_keys.c.id.startswith(f"request-{number}:")
        async with database.writing() as connection:
            await connection.execute(update(vault_keys).where(is_this).values(created_at=_AGO), {"age": age})


async def _sends(database: Database, channel: Channel, *ages: timedelta, dies_at: datetime = _END) -> None:
    """Begin a link of each age."""
    async with database.writing() as connection:
        for number, age in enumerate(ages):
            of = LinkOf(f"{channel}/{number}", f"{channel}-{number}")
            await rows.begin(connection, of, channel, hint="", sends_left=1, dies_at=dies_at)
            is_this = progress.c.workflow_id == of.workflow_id
            await connection.execute(update(progress).where(is_this).values(begun_at=_AGO), {"age": age})


async def _documented(database: Database) -> Sequence[int]:
    """Return the counts of the alerts that `docs/operations.md` has under « Stuck recoveries »."""
    section = _OPERATIONS.read_text(encoding="utf-8").partition("### Stuck recoveries")[2].partition("\n### ")[0]
    queries = re.findall(r'^\$ psql -c "(SELECT .*)"$', section, re.MULTILINE)
    async with database.reading() as connection:
        return [(await connection.execute(text(each))).scalar_one() for each in queries]


async def test_a_request_that_is_not_judged_for_a_minute_is_counted(database: Database, vault: Vault) -> None:
    """By the key of its proofs, once; one of a moment ago is not, and the alert of the documents says the same."""
    seconds = [timedelta(seconds=each) for each in (0, 55, 65, 3600)]
    await _requests(database, vault, *seconds)
    assert await ProgressReader(database).warnings() == ["recoveries: 2 not judged for a minute"]
    assert await _documented(database) == [2, 0]


async def test_a_message_that_is_not_accepted_for_a_minute_is_counted(database: Database) -> None:
    """Of every procedure, those without proofs among them; by channel, and by the alert of the documents."""
    await _sends(database, Channel.SMS, timedelta(0), timedelta(seconds=55), timedelta(seconds=65))
    await _sends(database, Channel.EMAIL, timedelta(minutes=5), timedelta(hours=2))
    told = ["email: 2 not sent for a minute", "sms: 1 not sent for a minute"]
    assert await ProgressReader(database).warnings() == told
    assert await _documented(database) == [0, 3]


@pytest.mark.parametrize("what", ["accepted", "expired"])
async def test_a_message_that_nobody_waits_for_is_not_counted(database: Database, what: str) -> None:
    """A gateway has accepted it, or its link has died."""
    dies_at = datetime(2026, 1, 1, tzinfo=UTC) if what == "expired" else _END
    await _sends(database, Channel.SMS, timedelta(minutes=5), dies_at=dies_at)
    if what == "accepted":
        async with database.writing() as connection:
            await rows.accept(connection, SendOf("sms/0", "sms-0", 1), dies_at=None, lives=timedelta(hours=1))
    assert await ProgressReader(database).warnings() == []
    assert await _documented(database) == [0, 0]


async def test_a_message_with_a_fault_is_counted_by_its_fault(database: Database) -> None:
    """It is not counted again as one that is not sent."""
    await _sends(database, Channel.SMS, timedelta(minutes=5))
    async with database.writing() as connection:
        await rows.postpone(connection, SendOf("sms/0", "sms-0", 1), "sms:smpp-unbound")
    assert await ProgressReader(database).warnings() == ["sms: 1 sends failing"]
    assert await _documented(database) == [0, 0]
