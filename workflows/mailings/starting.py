"""Starts campaigns: with the dates of the election, at most one of a name at a time."""

from temporalio.client import Client, WorkflowHandle

from election.procedures import Procedure
from election.settings import Election
from workflows.contracts import options, search_attributes
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignOrder, CampaignProgress, campaign_id

Campaign = WorkflowHandle[LinkCampaign, CampaignProgress]


def order_of(election: Election, name: str, operator: str, per_second: float) -> CampaignOrder:
    """Return a campaign's argument, with the dates between which the election takes these requests."""
    span = election.calendar.of(Procedure.IDENTIFIER_AND_PASSWORD)
    return CampaignOrder(
        name=name,
        election=election.id,
        time_zone=election.time_zone,
        opens=span.opens,
        closes=span.closes,
        operator=operator,
        per_second=per_second,
    )


async def start_campaign(client: Client, election: Election, order: CampaignOrder) -> Campaign:
    """Start a campaign, and return its handle; started again, it sends only to electors whom it has not reached.

    Raises:
        WorkflowAlreadyStartedError: the campaign is running.
        RPCError: Temporal does not answer.
    """
    return await client.start_workflow(
        LinkCampaign.run,
        order,
        id=campaign_id(election.id, order.name),
        task_queue=options.CAMPAIGNS,
        static_summary=f"Envoi des liens «\u00a0{order.name}\u00a0», {election.name}",
        search_attributes=search_attributes.at_start(Procedure.IDENTIFIER_AND_PASSWORD, election.id),
    )


def campaign_of(client: Client, election: Election, name: str) -> Campaign:
    """Return the handle of an election's campaign, whether it was started or not."""
    return client.get_workflow_handle_for(LinkCampaign.run, campaign_id(election.id, name))
