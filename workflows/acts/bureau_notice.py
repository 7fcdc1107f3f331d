"""Tells the election's bureau by mail of an act that touches many, and retries for days if need be."""

import asyncio
from dataclasses import replace

from temporalio import workflow

from activities.sending.bureau_desk import BureauDesk, BureauNews
from election.rules import retention
from workflows.contracts.options import ACTS, EMAIL_SENDS, NOTICE_RETRY, SEND_TIMEOUT


@workflow.defn
class BureauNotice:
    """One piece of news to each address of the bureau; it survives outages of relay, worker and server."""

    @workflow.run
    async def run(self, news: BureauNews) -> None:
        """Send a mail to each address; the workflow fails when the relay has not accepted one within seven days."""
        sends = [
            workflow.execute_activity_method(
                BureauDesk.tell_bureau,
                replace(news, place=place),
                task_queue=EMAIL_SENDS,
                start_to_close_timeout=SEND_TIMEOUT,
                schedule_to_close_timeout=retention.SUPPORT_LETTERS,
                retry_policy=NOTICE_RETRY,
                summary="Avis au bureau",
            )
            for place in range(news.addresses)
        ]
        answers = await asyncio.gather(*sends, return_exceptions=True)
        for error in answers:
            if isinstance(error, BaseException):
                raise error


async def tell_bureau(news: BureauNews) -> None:
    """Start telling the bureau, if it has an address; the caller does not wait for the mails."""
    if news.addresses:
        await workflow.start_child_workflow(
            BureauNotice.run,
            news,
            id=f"avis-au-bureau/{news.id}",
            task_queue=ACTS,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary="Avis au bureau de vote",
        )
