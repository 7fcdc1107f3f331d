"""A recovery is found by the reference that its elector reads."""

from datetime import UTC, datetime

from sqlalchemy import text

from activities.progress import rows
from activities.progress.by_reference import RecoveriesByReference
from activities.progress.rows import LinkOf
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel

_SUBJECT, _OTHER = "a45fe11fd6f995227c637f7f34344c2c", "b" * 32
_IDS = [workflow_id_of(each, _SUBJECT) for each in (Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD)]


async def test_recoveries_are_found_by_a_reference_typed_in_any_way(database: Database) -> None:
    """All that share it, the last changed first, or the one whose whole id was typed; by the index that is for it."""
    for workflow_id in (*_IDS, workflow_id_of(Procedure.PASSWORD, _OTHER)):
        async with database.writing() as connection:
            link, dies_at = LinkOf(workflow_id, "link"), datetime(2031, 1, 1, tzinfo=UTC)
            await rows.begin(connection, link, Channel.SMS, hint=None, sends_left=1, dies_at=dies_at)
    finder = RecoveriesByReference(database)
    assert await finder.find("a45f e11f d6f9") == _IDS[::-1]
    assert await finder.find(f" {_IDS[0]}") == _IDS[:1]
    assert await finder.find("0000-0000-0000") == await finder.find("Camille") == []
    async with database.writing() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = (
            await connection.execute(
                text("EXPLAIN SELECT 1 FROM progress WHERE right(workflow_id, 14) = 'A45F-E11F-D6F9'")
            )
        ).scalars()
        assert "ix_progress_reference" in " ".join(plan)
