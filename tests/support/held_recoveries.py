"""Rows of recoveries whose sends have failed, as the transactions of the activities leave them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import insert

from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import messages
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel, Stage

FAR = datetime(2041, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Send:
    """One send of a recovery, which has failed for good unless its `stage` is another."""

    fault: str
    number: int = 0
    procedure: Procedure = Procedure.VOTING_CODE
    place: str = "FR"
    gateway: str = "smpp"
    stage: Stage = Stage.HELD
    age: timedelta = timedelta(minutes=10)
    dies_at: datetime = FAR
    is_second_mail: bool = False
    is_accepted: bool = False
    channel: Channel | None = None  # of the message; else that of the fault, or SMS

    @property
    def workflow_id(self) -> str:
        """The recovery's id."""
        return workflow_id_of(self.procedure, sha256(str(self.number).encode()).hexdigest()[:32])

    @property
    def link_id(self) -> str:
        """The newest link's id."""
        return f"link-{self.procedure}-{self.number}"

    def progress_row(self, now: datetime) -> dict[str, object]:
        """Return its row of the recovery."""
        since = now - self.age
        return {
            "workflow_id": self.workflow_id,
            "link_id": self.link_id,
            "send_number": 1,
            "stage": self.stage,
            "since": since,
            "channel": self.channel or (Channel(self.fault.partition(":")[0]) if self.fault else Channel.SMS),
            "hint": "06 •• •• •• 78",
            "begun_at": since,
            "accepted_at": since if self.is_accepted else None,
            "dies_at": self.dies_at,
            "fault": self.fault,
            "sends_left": 3,
            "display_until": since if self.is_second_mail else None,
            "changed_at": since,
        }

    def message_row(self, now: datetime) -> dict[str, object]:
        """Return its row of the ledger."""
        return {
            "id": f"{self.link_id}-{'2-' if self.is_second_mail else ''}1",
            "workflow_id": self.workflow_id,
            "delivery_id": self.link_id,
            "channel": self.fault.partition(":")[0] or "sms",
            "gateway": self.gateway,
            "country_or_domain": self.place,
            "started_at": now - self.age,
        }


async def add_sends(database: Database, *sends: Send) -> None:
    """Write the rows of some sends, as old as they say by the wall clock of the database's host."""
    now = datetime.now(UTC)
    async with database.writing() as connection:
        await connection.execute(insert(progress), [each.progress_row(now) for each in sends])
        await connection.execute(insert(messages), [each.message_row(now) for each in sends])
