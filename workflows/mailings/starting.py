"""Starts campaigns: with the dates of the election, at most one of a name at a time."""

from temporalio.client import Client, WorkflowHandle

from election.procedures import Procedure
from election.settings import Election
from workflows.contracts import options, search_attributes
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignInput, CampaignProgress, campaign_id

CampaignHandle = WorkflowHandle[LinkCampaign, CampaignProgress]


def make_campaign_input(election: Election, name: str, operator: str, per_second: float) -> CampaignInput:
    """Return the input of a campaign's workflow, with the dates between which the election takes these requests."""
    period = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD)
    return CampaignInput(
        name=name,
        election=election.id,
        time_zone=election.time_zone,
        opens=period.opens,
        closes=period.closes,
        operator=operator,
        per_second=per_second,
    )


async def start_campaign(client: Client, election: Election, campaign_input: CampaignInput) -> CampaignHandle:
    """Start a campaign, and return its handle; started again, it sends only to electors whom it has not reached.

    Raises:
        WorkflowAlreadyStartedError: the campaign is running.
        RPCError: Temporal does not answer.
    """
    return await client.start_workflow(
        LinkCampaign.run,
        campaign_input,
        id=campaign_id(election.id, campaign_input.name),
        task_queue=options.CAMPAIGNS,
        static_summary=f"Envoi des liens «\u00a0{campaign_input.name}\u00a0», {election.name}",
        search_attributes=search_attributes.at_start(Procedure.IDENTIFIER_AND_PASSWORD, election.id),
    )


def campaign_handle(client: Client, election: Election, name: str) -> CampaignHandle:
    """Return the handle of an election's campaign, whether it was started or not."""
    return client.get_workflow_handle_for(LinkCampaign.run, campaign_id(election.id, name))
