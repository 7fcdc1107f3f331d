"""The activity of an objection: pauses the elector's recoveries and ends those that are under way, in one transaction."""

from dataclasses import dataclass, field
from typing import ClassVar

from temporalio import activity

from activities.accounts.credentials import lock_elector
from activities.evidence.journal import Entry, Event, Journal
from activities.objections.links import ObjectionLinks
from activities.recoveries.clicks import require_from_web
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.terms import Terms
from activities.security.signatures import Signed
from activities.store.database import Database
from election.verdicts import LinkVerdict


@dataclass(frozen=True)
class ObjectionClick:
    """The click on the button behind the link of a notice; `link_id` is the notice's id."""

    link_id: str
    signature: str = ""
    signed_as: ClassVar[Signed] = Signed.OBJECTION
    signed_fields: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class ObjectionOrder:
    """An objection to the recovery of a workflow id; `by` is the workflow's run, the same when the activity is run again."""

    workflow_id: str
    click: ObjectionClick
    by: str = ""


@dataclass(frozen=True)
class ObjectionMade:
    """LIVE when the link was used for this objection, or why it cannot be used; and the recoveries to be told."""

    verdict: LinkVerdict
    recoveries: list[str] = field(default_factory=list)


class Objections:
    """Makes objections; nothing that was issued is taken back, and the vote stays possible."""

    def __init__(
        self, database: Database, links: ObjectionLinks, others: OtherRecoveries, journal: Journal, terms: Terms
    ) -> None:
        self._database = database
        self._links = links
        self._others = others
        self._journal = journal
        self._terms = terms

    @activity.defn
    async def make_objection(self, order: ObjectionOrder) -> ObjectionMade:
        """Use the link up, pause the elector's recoveries and end those that are under way; return which are to be told.

        Raises:
            InvalidSignatureError: the web has not signed the click.
        """
        workflow_id, notice_id = order.workflow_id, order.click.link_id
        require_from_web(self._terms.keys.web, workflow_id, order.click)
        async with self._database.writing() as connection:
            elector_id = await self._links.owner(connection, workflow_id, notice_id)
            if elector_id is None:
                return ObjectionMade(LinkVerdict.UNKNOWN)
            await lock_elector(connection, elector_id)
            verdict = await self._links.spend(connection, workflow_id, notice_id, order.by)
            if verdict is not LinkVerdict.LIVE:
                return ObjectionMade(verdict)
            await self._others.end(connection, elector_id, "", LinkVerdict.STOPPED)
            entry_id = f"{notice_id}:objected"
            entry = Entry(entry_id, Event.OBJECTION_MADE, elector_id, workflow_id, detail=notice_id)
            await self._journal.record(connection, entry)
        return ObjectionMade(verdict, await self._others.workflow_ids(elector_id, ""))
