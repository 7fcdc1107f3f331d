"""Objections: the click on « Ce n’était pas moi », handed to a workflow of its own."""

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from activities.objections.links import ObjectionLink
from activities.recoveries import clicks
from activities.recoveries.objection import ObjectionClick, ObjectionOrder
from activities.security.signatures import SigningKey
from election.procedures import OBJECTION, objection_id_of, reference_of
from election.settings import Election
from election.verdicts import LinkVerdict
from workflows.contracts import options, search_attributes
from workflows.recoveries.objection import Objection
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, TemporalUnavailableError, time_limit


class ObjectionClient:
    """Makes objections; two clicks at once are one objection."""

    def __init__(self, client: Client, election: Election, signing_key: SigningKey) -> None:
        self._client = client
        self._election = election
        self._signing_key = signing_key

    async def make(self, link: ObjectionLink) -> LinkVerdict:
        """Return LIVE once the elector's recoveries are paused, or why the link cannot be used.

        Raises:
            TemporalUnavailableError: no answer in time; the objection is made all the same once the database answers.
        """
        if link.verdict is not LinkVerdict.LIVE:
            return link.verdict
        click = clicks.signed(self._signing_key, link.workflow_id, ObjectionClick(link.notice_id))
        async with time_limit(UPDATE_TIMEOUT):
            handle = await self._client.start_workflow(
                Objection.run,
                ObjectionOrder(link.workflow_id, click),
                id=objection_id_of(link.elector_id),
                task_queue=options.RECOVERIES,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary="Opposition",
                search_attributes=search_attributes.at_start(
                    OBJECTION, self._election.id, reference_of(link.elector_id)
                ),
                rpc_timeout=UPDATE_TIMEOUT,
            )
            try:
                return await handle.result()
            except WorkflowFailureError as error:  # the keys of the web and of the recoveries are no pair
                raise TemporalUnavailableError from error
