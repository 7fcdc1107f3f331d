"""What the recovery of both credentials (2011) asks of the database."""

from dataclasses import replace

from activities.both_codes import BothClaim, BothOrder, BothSettlement
from election.stages import Stage
from workflows.deliveries import Deliveries
from workflows.identifier_by_mail import IdentifierByMail
from workflows.link_delivery import LinkDelivery
from workflows.messages import BothClick, Cancel, Click, Submission


def claim_of(request: Submission, deliveries: Deliveries, standing: LinkDelivery | None) -> BothClaim:
    """Return what is to be judged of a request; a `standing` link, which it leaves alone, is a campaign's too."""
    claim = deliveries.claim(request)
    both = BothClaim(
        claim.workflow_id, claim.elector, claim.request, claim.link_id, claim.refusal, request.campaign
    )
    if standing is None:
        return both
    return replace(both, request=standing.submission.request, link_id=standing.id, refusal=None)


def order_of(click: BothClick, deliveries: Deliveries) -> BothOrder:
    """Return the order to reissue both to the browser and to the mailbox of a click."""
    order = deliveries.reissue(Click(click.link_id, click.public_key, click.word))
    return BothOrder(
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


def settlement_of(
    ending: Stage, deliveries: Deliveries, mails: list[IdentifierByMail], strays: list[str], cancel: Cancel
) -> BothSettlement:
    """Return what is to be written at the end: identifiers that never worked never will, no key is left."""
    settlement = deliveries.settlement(ending)
    keys = {*settlement.keys, *strays, *(key for mail in mails for key in mail.keys)}
    if cancel.operator and ending is Stage.CANCELLED:
        settlement = replace(settlement, operator=cancel.operator, reason=cancel.reason)
    let_go = [mail.id for mail in mails if not mail.is_activated]
    return BothSettlement(replace(settlement, keys=sorted(keys)), let_go)
