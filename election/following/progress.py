"""What is known of a recovery, and the stage that follows from it at an instant: for pages and workflows alike."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from election.stages import ENDINGS, Channel, Stage
from election.text.numbers import COUNTED_UP_TO
from election.verdicts import LinkVerdict

# A fault is shown to operators, and is a search attribute of limited length; a receipt's reason comes from outside.
_REASON = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class SendRules(Protocol):
    """The election's rules for messages, or the terms of a recovery."""

    @property
    def late_after(self) -> timedelta:
        """How long after its begin a message that has not arrived is late."""

    @property
    def between_sends(self) -> timedelta:
        """How long after the begin of a message another one may be asked for."""


@dataclass(frozen=True)
class Progress:
    """The facts of a recovery that were last noted; what follows from the clock alone is not in them.

    `stage` is SENDING from an accepted request until the link is used, also once a gateway has accepted the message.
    `link_id` is the id of the newest link, or of 2018's request. `begun_at` is when its message was begun, `dies_at` when
    the link expires. `fault` is `channel:reason`: with HELD it is final. Since 2011's link was used, the message is the
    e-mail with the identifier, and `display_until` is set. `replaced_at` is when the identifier that was sent became the valid one:
    it stays so while its message is sent again, and while another request is made because that message has not arrived.
    """

    stage: Stage
    since: datetime
    link_id: str = ""
    channel: Channel | None = None
    hint: str = ""
    begun_at: datetime | None = None
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    dies_at: datetime | None = None
    fault: str = ""
    sends_left: int = 0
    display_until: datetime | None = None
    replaced_at: datetime | None = None


def fault_of(channel: Channel, reason: str) -> str:
    """Return the fault of a message: its channel and a gateway's reason, `unknown` if that is none of a code's shape."""
    return f"{channel}:{reason if _REASON.fullmatch(reason) else 'unknown'}"


def stage_at(progress: Progress, now: datetime, rules: SendRules) -> Stage:
    """Return the stage of a recovery at an instant."""
    if progress.stage not in {Stage.SENDING, Stage.HELD, Stage.DISPLAYING}:
        return progress.stage
    if progress.stage is not Stage.HELD and progress.display_until is not None:
        if now < progress.display_until:
            return Stage.DISPLAYING
        if progress.stage is Stage.DISPLAYING or progress.accepted_at is not None:
            return Stage.REISSUED
    if progress.dies_at is not None and now >= progress.dies_at:
        return Stage.EXPIRED
    return Stage.HELD if progress.stage is Stage.HELD else _stage_of_message(progress, now, rules)


def since(progress: Progress, now: datetime, rules: SendRules) -> datetime:
    """Return since when a recovery has the stage that it has at an instant."""
    stage = stage_at(progress, now, rules)
    instants = {
        Stage.EXPIRED: progress.dies_at,
        Stage.LATE: late_at(progress, rules),
        Stage.SENT: progress.accepted_at,
        Stage.REISSUED: progress.display_until,
    }
    reached = instants.get(stage) if stage is not progress.stage else None
    return reached or progress.since


def link_verdict_at(progress: Progress, now: datetime, rules: SendRules) -> LinkVerdict:
    """Return the verdict at an instant on the recovery's newest link, where the link has no ending of its own.

    It is dead once its time is over, before the recovery says so, and once the recovery has ended: it was registered after the end.
    """
    stage = stage_at(progress, now, rules)
    if stage is Stage.EXPIRED:
        return LinkVerdict.EXPIRED
    # A credential is reissued by its link, in the transaction that ends the link: that one is not left over.
    return LinkVerdict.CANCELLED if stage in ENDINGS - {Stage.REISSUED} else LinkVerdict.LIVE


def send_again_at(progress: Progress, rules: SendRules) -> datetime | None:
    """Return when another message may be asked for: at once when this one has failed; None without a message."""
    if progress.begun_at is None:
        return None
    return progress.begun_at if progress.stage is Stage.HELD else progress.begun_at + rules.between_sends


def late_at(progress: Progress, rules: SendRules) -> datetime | None:
    """Return when the message is late, or None once it counts as arrived: e-mail has no receipts."""
    arrived = progress.delivered_at if progress.channel is Channel.SMS else progress.accepted_at
    return progress.begun_at + rules.late_after if progress.begun_at and not arrived else None


def next_change(progress: Progress, now: datetime, rules: SendRules) -> datetime | None:
    """Return the next instant after `now` at which what a page says of a recovery may change by the clock alone."""
    again = send_again_at(progress, rules)
    instants = (
        late_at(progress, rules),
        progress.dies_at,
        progress.display_until,
        again,
        again - COUNTED_UP_TO if again else None,
    )
    return min((each for each in instants if each is not None and each > now), default=None)


def _stage_of_message(progress: Progress, now: datetime, rules: SendRules) -> Stage:
    instant = late_at(progress, rules)
    if instant is not None and now >= instant:
        return Stage.LATE
    return Stage.SENT if progress.accepted_at else Stage.SENDING
