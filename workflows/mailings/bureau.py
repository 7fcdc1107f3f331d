"""Tells the election's bureau of a mailing: what goes to how many, by whose order, and why."""

from temporalio import workflow

from activities.mailings.start_order import BegunMailing
from activities.sending.bureau_desk import BureauNews, Deed
from election.causes import cause_of
from workflows.acts.bureau_notice import tell_bureau


async def tell_of_start(mailing: str, begun: BegunMailing, operator: str) -> None:
    """Tell the bureau to how many electors a mailing goes now; where it goes to nobody, nothing.

    One that begins again for a retry goes to nobody else as a rule: the bureau is told of the retry alone.
    """
    deed = Deed.MAILING_AGAIN if begun.is_again else Deed.MAILING
    await _tell(mailing, deed, operator, begun.unserved, begun.bureau_addresses)


async def tell_of_retry(mailing: str, operator: str, number: int, cause: str, addresses: int) -> None:
    """Tell the bureau how many mails are sent again, and for which cause they had failed."""
    reason = f"envoi précédent en échec, code {cause}. {cause_of(cause).sentence}"
    await _tell(mailing, Deed.MAILING_RETRY, operator, number, addresses, reason)


async def _tell(mailing: str, deed: Deed, operator: str, number: int, addresses: int, reason: str = "") -> None:
    if not number:
        return
    details = f"envoi «\u00a0{mailing}\u00a0»"
    at = workflow.now()
    await tell_bureau(BureauNews(workflow.uuid4().hex, deed, operator, number, at, reason, addresses, details))
