"""Where recoveries stand, read from their rows: pages work while Temporal and the workers are away."""

from collections.abc import Callable
from datetime import datetime

from activities.progress.reader import ProgressReader
from activities.recoveries.links import LinkRecord
from election.following.progress import Progress, SendRules, link_verdict_at, send_again_at, since, stage_at
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from workflows.contracts.messages import RecoveryStatus


class RecoveryStatuses:
    """Reads the status of recoveries at the present instant."""

    def __init__(self, reader: ProgressReader, rules: SendRules, now: Callable[[], datetime]) -> None:
        self._reader = reader
        self._rules = rules
        self._now = now

    async def noted(self, workflow_id: str) -> Progress | None:
        """Return what was noted of a recovery, or None when there is none."""
        noted = await self._reader.find(workflow_id)
        return noted.progress if noted else None

    async def find(self, workflow_id: str) -> RecoveryStatus | None:
        """Return the status of a recovery, or None when there is none."""
        progress = await self.noted(workflow_id)
        return self.of(progress) if progress else None

    def of(self, progress: Progress) -> RecoveryStatus:
        """Return the status that follows from what was noted."""
        now = self._now()
        stage = stage_at(progress, now, self._rules)
        return RecoveryStatus(
            stage=stage,
            since=since(progress, now, self._rules),
            channel=progress.channel,
            hint=progress.hint,
            accepted_at=progress.accepted_at,
            delivered_at=progress.delivered_at,
            link_expires_at=progress.dies_at if progress.accepted_at else None,
            fault=progress.fault,
            send_again_at=send_again_at(progress, self._rules),
            sends_left=progress.sends_left,
            display_until=progress.display_until if stage is Stage.DISPLAYING else None,
            is_replaced=progress.replaced_at is not None,
        )

    async def verdict(self, link_record: LinkRecord) -> LinkVerdict:
        """Return the verdict on a link as far as it was noted; also what follows from its recovery, when it has no ending of its own."""
        if link_record.ending is not LinkVerdict.LIVE:
            return link_record.ending
        progress = await self._of_link(link_record)
        return link_verdict_at(progress, self._now(), self._rules) if progress else LinkVerdict.LIVE

    async def usable_until(self, link_record: LinkRecord) -> datetime | None:
        """Return until when a link can be used, or None while its SMS has no receipt, from which its lifetime is counted."""
        progress = await self._of_link(link_record)
        is_counting = progress and (progress.channel is not Channel.SMS or progress.delivered_at)
        return progress.dies_at if progress and is_counting else None

    async def is_displayed(self, link_record: LinkRecord) -> bool:
        """Return whether the secret of a used link can still be shown again in its browser."""
        progress = await self._of_link(link_record)
        until = progress.display_until if progress else None
        return until is not None and self._now() < until

    async def identifier_hint(self, link_record: LinkRecord) -> str:
        """Return the masked address that 2011's new identifier is sent to, or "" before its link was used and after the end."""
        progress = await self._of_link(link_record)
        return progress.hint if progress and progress.display_until is not None else ""

    async def _of_link(self, link_record: LinkRecord) -> Progress | None:
        progress = await self.noted(link_record.workflow_id)
        return progress if progress and progress.link_id == link_record.link_id else None
