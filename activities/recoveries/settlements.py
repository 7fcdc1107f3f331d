"""How recoveries end, what their links' endings are, and what operators did: each written in one transaction, idempotent by ids."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, union_all
from temporalio import activity

from activities.accounts.credentials import Kind
from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, recovery_ended
from activities.progress import rows as progress
from activities.progress.rows import LinkOf, SendOf
from activities.recoveries.links import Links
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.objection_table import objections
from activities.store.tables import credentials, generated_identifiers, links
from election.stages import Stage
from election.verdicts import LinkVerdict

_MADE = generated_identifiers.c
_OWN = union_all(
    select(links.c.elector_id, links.c.created_at).where(
        links.c.link_id == bindparam("delivery"), links.c.workflow_id == bindparam("of")
    ),
    select(_MADE.elector_id, _MADE.created_at).where(
        _MADE.id == bindparam("delivery"), _MADE.workflow_id == bindparam("of")
    ),
).subquery()
# The credential of a password that a recovery has issued has the id of its link, with `-password` after it in 2011.
_RECOVERED_SINCE = select(
    exists().where(
        links.c.workflow_id == bindparam("by"),
        links.c.workflow_id != bindparam("of"),
        credentials.c.elector_id == _OWN.c.elector_id,
        credentials.c.kind == Kind.PASSWORD,
        credentials.c.id.in_((links.c.link_id, links.c.link_id + "-password")),
        credentials.c.issued_at >= _OWN.c.created_at,
    )
)

_OBJECTED_SINCE = select(
    exists().where(
        objections.c.elector_id == _OWN.c.elector_id,
        objections.c.made_at >= _OWN.c.created_at,
    )
)


# In the journal, of an order that the console has not signed.
TYPED_NAME = "nom tapé, non vérifié"


@dataclass(frozen=True)
class SettledLinks:
    """What a reissue also writes: the verdict on each link that is not live, and the ids of the keys to destroy."""

    endings: dict[str, LinkVerdict] = field(default_factory=dict)
    key_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Settlement:
    """How a recovery ended; `subject` is the elector's id, or the subject of the workflow id.

    `run_id`, the id of the newest link or request, distinguishes the endings of one workflow id. `operator` and `reason`
    are set for a cancellation; `is_verified` when the console has signed it.
    """

    workflow_id: str
    subject: str
    run_id: str
    ending: Stage
    key_ids: list[str] = field(default_factory=list)
    links: dict[str, LinkVerdict] = field(default_factory=dict)
    operator: str = ""
    reason: str = ""
    is_verified: bool = False

    @property
    def link(self) -> LinkOf:
        """The newest link, whose id is the run's."""
        return LinkOf(self.workflow_id, self.run_id)

    @property
    def entry(self) -> Entry:
        """The journal entry of this ending."""
        return Entry(
            f"{self.run_id}:{self.ending}:{len(self.links)}",
            Event.OPERATOR_CANCELLED if self.operator else recovery_ended(self.workflow_id),
            self.operator or self.subject,
            self.workflow_id,
            outcome=self.ending,
            detail=detail_of(self.reason, is_verified=self.is_verified) if self.operator else "",
        )


@dataclass(frozen=True)
class OperatorAct:
    """An operator's retry or cancellation, for the journal; `fault` is the fault or the stage at that time.

    `is_verified` when the console has signed it. `link_id` and `send_number` are those of the send that follows from a retry.
    """

    id: str
    workflow_id: str
    operator: str
    fault: str
    reason: str = ""
    is_verified: bool = False
    link_id: str = ""
    send_number: int = 0


@dataclass(frozen=True)
class Extension:
    """An operator lets a link live until `dies_at`; `is_verified` when the console has signed it."""

    id: str
    workflow_id: str
    link_id: str
    dies_at: datetime
    operator: str
    reason: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class EndingClaim:
    """What a signal claims to have happened since this recovery's newest link or identifier was made.

    The recovery `by` has replaced the elector's password, or without one the elector has objected.
    """

    workflow_id: str
    delivery_id: str
    by: str = ""


@dataclass(frozen=True)
class FailedSend:
    """A message that is held, and when its link or request dies; `fault` is `channel:reason`."""

    workflow_id: str
    link_id: str
    send_number: int
    fault: str
    dies_at: datetime


@dataclass(frozen=True)
class UnsentLink:
    """A registered link that is not sent, since the `former` one was used, was cancelled or has expired meanwhile.

    `window` is how long the code of a used one is displayed, or None. `former_send` is the number of its last send.
    `former_ending` is how the recovery ends with one that cannot be used any more, or None.
    """

    workflow_id: str
    link_id: str
    former: str
    window: timedelta | None
    former_send: int = 1
    former_ending: Stage | None = None


class Settlements:
    """The database activities that end recoveries and journal operators' acts; workflows run them as local activities."""

    def __init__(self, database: Database, vault: Vault, links: Links, journal: Journal) -> None:
        self._database = database
        self._vault = vault
        self._links = links
        self._journal = journal

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [
            self.was_password_recovered,
            self.was_objected,
            self.settle,
            self.note_retry,
            self.note_refused_retry,
            self.note_cancel,
            self.note_extension,
            self.note_failed_send,
            self.note_end_of_display,
            self.note_unsent_link,
        ]

    @activity.defn
    async def was_password_recovered(self, claim: EndingClaim) -> bool:
        """Return whether it is so: anybody who writes to Temporal can send the signal."""
        asked = {"of": claim.workflow_id, "delivery": claim.delivery_id, "by": claim.by}
        async with self._database.reading() as connection:
            return bool((await connection.execute(_RECOVERED_SINCE, asked)).scalar_one())

    @activity.defn
    async def was_objected(self, claim: EndingClaim) -> bool:
        """Return the same of an objection."""
        asked = {"of": claim.workflow_id, "delivery": claim.delivery_id}
        async with self._database.reading() as connection:
            return bool((await connection.execute(_OBJECTED_SINCE, asked)).scalar_one())

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Destroy the recovery's keys, store the endings of its links, and journal the ending."""
        async with self._database.writing() as connection:
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, settlement.entry)
            await self._vault.destroy(connection, settlement.key_ids)
            await progress.settle(connection, settlement.link, settlement.ending)

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Journal an operator's retry of a failed send."""
        details = {"outcome": act.fault, "detail": detail_of(act.reason, is_verified=act.is_verified)}
        entry = Entry(act.id, Event.OPERATOR_RETRIED, act.operator, act.workflow_id, **details)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)
            await progress.retry(connection, SendOf(act.workflow_id, act.link_id, act.send_number))

    @activity.defn
    async def note_refused_retry(self, act: OperatorAct) -> None:
        """Journal a retry in a batch whose input did not name an operator; `fault` is why it was refused."""
        entry = Entry(act.id, Event.OPERATOR_RETRY_REFUSED, act.operator, act.workflow_id, outcome=act.fault)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Journal an operator's cancellation of a recovery without a live link."""
        details = {"outcome": act.fault, "detail": detail_of(act.reason, is_verified=act.is_verified)}
        entry = Entry(act.id, Event.OPERATOR_CANCELLED, act.operator, act.workflow_id, **details)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)
            await progress.end_display(connection, act.workflow_id)

    @activity.defn
    async def note_extension(self, extension: Extension) -> None:
        """Journal that an operator lets a link live longer, and note until when."""
        made = extension
        details = {
            "outcome": made.dies_at.isoformat(),
            "detail": detail_of(made.reason, is_verified=made.is_verified),
        }
        entry = Entry(made.id, Event.OPERATOR_EXTENDED, made.operator, made.workflow_id, **details)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)
            await progress.extend(connection, LinkOf(made.workflow_id, made.link_id), made.dies_at)

    @activity.defn
    async def note_failed_send(self, send: FailedSend) -> None:
        """Note that a message has failed for good, also where the messaging role could not: its time for retries is over."""
        async with self._database.single_statements() as connection:
            of = SendOf(send.workflow_id, send.link_id, send.send_number)
            await progress.hold(connection, of, send.fault, send.dies_at)

    @activity.defn
    async def note_end_of_display(self, workflow_id: str) -> None:
        """Note that the voter has noted the new code before the end of its window."""
        async with self._database.single_statements() as connection:
            await progress.end_display(connection, workflow_id)

    @activity.defn
    async def note_unsent_link(self, unsent: UnsentLink) -> None:
        """Note that the former link, and not a new one, is the recovery's newest."""
        async with self._database.writing() as connection:
            link = LinkOf(unsent.workflow_id, unsent.link_id)
            former = SendOf(unsent.workflow_id, unsent.former, unsent.former_send)
            await progress.give_back(connection, link, former, unsent.window, unsent.former_ending)


def detail_of(reason: str, *, is_verified: bool) -> str:
    """Return the detail of an operator's order in the journal: the reason, and whether the name was typed."""
    # A reason is free text: phone numbers and addresses are removed before it is stored.
    return "\u00a0: ".join(each for each in ("" if is_verified else TYPED_NAME, scrubbed(reason)) if each)
