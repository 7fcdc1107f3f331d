"""The stage that follows from what was noted of a recovery and an instant."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.following.progress import (
    Progress,
    fault_of,
    link_verdict_at,
    next_change,
    send_again_at,
    since,
    stage_at,
)
from election.stages import ENDINGS, Channel, Stage
from election.verdicts import LinkVerdict

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Rules:
    """The times of an election."""

    late_after: timedelta = 2 * MINUTE
    between_sends: timedelta = MINUTE


RULES = Rules()
BEGUN = Progress(Stage.SENDING, NOON, "link", Channel.SMS, begun_at=NOON, dies_at=NOON + 60 * MINUTE)
ACCEPTED = replace(BEGUN, accepted_at=NOON)
DISPLAYED = replace(ACCEPTED, stage=Stage.DISPLAYING, display_until=NOON + 2 * MINUTE)
# 2011: the password is displayed while the identifier's e-mail is sent.
BOTH = replace(BEGUN, channel=Channel.EMAIL, display_until=NOON + 10 * MINUTE)


@pytest.mark.parametrize(
    ("progress", "minutes", "stage"),
    [
        (BEGUN, 1, Stage.SENDING),
        (BEGUN, 2, Stage.LATE),
        (ACCEPTED, 1, Stage.SENT),
        (ACCEPTED, 2, Stage.LATE),
        (replace(ACCEPTED, delivered_at=NOON), 2, Stage.SENT),
        (replace(ACCEPTED, channel=Channel.EMAIL), 2, Stage.SENT),
        (ACCEPTED, 60, Stage.EXPIRED),
        (replace(BEGUN, stage=Stage.HELD), 59, Stage.HELD),
        (replace(BEGUN, stage=Stage.HELD), 60, Stage.EXPIRED),
        (DISPLAYED, 1, Stage.DISPLAYING),
        (DISPLAYED, 2, Stage.REISSUED),
        (BOTH, 9, Stage.DISPLAYING),
        (BOTH, 10, Stage.LATE),
        (replace(BOTH, accepted_at=NOON), 10, Stage.REISSUED),
        (replace(BOTH, stage=Stage.HELD), 1, Stage.HELD),
        *((replace(DISPLAYED, stage=each), 1, each) for each in (*ENDINGS, Stage.VERIFYING)),
    ],
)
def test_the_stage_follows_from_the_facts_and_the_instant(progress: Progress, minutes: int, stage: Stage) -> None:
    """Late, expired and the end of the display are noted by nobody: they come with the time."""
    assert stage_at(progress, NOON + minutes * MINUTE, RULES) is stage


@pytest.mark.parametrize(
    ("progress", "minutes", "verdict"),
    [
        (ACCEPTED, 59, LinkVerdict.LIVE),
        (ACCEPTED, 60, LinkVerdict.EXPIRED),
        (replace(BEGUN, stage=Stage.HELD), 59, LinkVerdict.LIVE),
        (replace(ACCEPTED, stage=Stage.CANCELLED), 1, LinkVerdict.CANCELLED),
        (replace(ACCEPTED, stage=Stage.REFUSED), 1, LinkVerdict.CANCELLED),
        (DISPLAYED, 2, LinkVerdict.LIVE),
    ],
)
def test_a_link_without_an_ending_of_its_own_has_that_of_its_recovery(
    progress: Progress, minutes: int, verdict: LinkVerdict
) -> None:
    """But for a credential that was reissued: the link itself has done that, and ended with it."""
    assert link_verdict_at(progress, NOON + minutes * MINUTE, RULES) is verdict


def test_the_stage_has_the_instant_since_when_it_lasts() -> None:
    """Of what comes with the time, that instant; of the rest, when it was noted."""
    later = NOON + 90 * MINUTE
    assert since(BEGUN, NOON + 3 * MINUTE, RULES) == NOON + 2 * MINUTE
    assert since(ACCEPTED, later, RULES) == NOON + 60 * MINUTE
    assert since(DISPLAYED, later, RULES) == NOON + 2 * MINUTE
    assert since(replace(BEGUN, stage=Stage.CANCELLED), later, RULES) == NOON


def test_a_failed_message_may_be_asked_for_again_at_once() -> None:
    """Otherwise after a minute; without a message there is nothing to ask for again."""
    assert send_again_at(replace(BEGUN, stage=Stage.HELD), RULES) == NOON
    assert send_again_at(BEGUN, RULES) == NOON + MINUTE
    assert send_again_at(Progress(Stage.VERIFYING, NOON), RULES) is None


_MINUTES = st.integers(0, 90).map(lambda minutes: NOON + minutes * MINUTE)
_MAYBE = st.none() | _MINUTES
_ANY = st.builds(
    Progress,
    stage=st.sampled_from(Stage),
    since=st.just(NOON),
    channel=st.sampled_from(Channel),
    begun_at=_MAYBE,
    accepted_at=_MAYBE,
    delivered_at=_MAYBE,
    dies_at=_MAYBE,
    display_until=_MAYBE,
)


@given(_ANY, _MINUTES, _MINUTES)
def test_nothing_changes_before_the_next_change(progress: Progress, one: datetime, other: datetime) -> None:
    """A page that looks again at each of these instants, and when a row was changed, misses no stage."""
    earlier, later = min(one, other), max(one, other)
    coming = next_change(progress, earlier, RULES)
    if coming is None or later < coming:
        assert stage_at(progress, earlier, RULES) is stage_at(progress, later, RULES)


@pytest.mark.parametrize("reason", ["", "x" * 65, "a\0b", "05 61 00 00 00", "tél"])
def test_a_reason_that_is_no_code_is_unknown(reason: str) -> None:
    """It comes from outside, and is shown to operators."""
    assert fault_of(Channel.SMS, reason) == "sms:unknown"
    assert fault_of(Channel.EMAIL, "smtp-550") == "email:smtp-550"
