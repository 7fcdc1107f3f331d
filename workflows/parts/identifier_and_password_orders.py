"""What the recovery of both credentials (2011) asks of the database."""

from dataclasses import replace

from activities.recoveries.identifier_and_password import IdentifierAndPasswordClaim, IdentifierAndPasswordOrder
from workflows.contracts.messages import Click, IdentifierAndPasswordClick, Submission
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery


def claim_of(
    request: Submission, deliveries: LinkDeliveries, standing: LinkDelivery | None
) -> IdentifierAndPasswordClaim:
    """Return what is to be judged of a request; a `standing` link, which it leaves alone, is a campaign's too."""
    claim = deliveries.claim(request)
    both = IdentifierAndPasswordClaim(
        claim.workflow_id,
        claim.elector,
        claim.request,
        claim.link_id,
        claim.refusal,
        request.campaign,
        claim.replaces,
    )
    if standing is None:
        return both
    return replace(both, request=standing.submission.request, link_id=standing.id, refusal=None, replaces="")


def order_of(click: IdentifierAndPasswordClick, deliveries: LinkDeliveries) -> IdentifierAndPasswordOrder:
    """Return the order to reissue both to the browser and to the mailbox of a click."""
    order = deliveries.reissue(Click(click.link_id, click.public_key, click.word))
    return IdentifierAndPasswordOrder(
        order.workflow_id,
        order.elector,
        order.link_id,
        order.public_key,
        order.word,
        click.contact,
        click.request,
        order.links,
        order.keys,
    )
