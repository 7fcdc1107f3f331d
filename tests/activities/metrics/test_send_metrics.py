"""What became of messages is counted where it is written."""

from collections import Counter
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Ledger, Outgoing
from tests.support.clock import Clock

_SMS = Outgoing("sms", "code-de-vote/elector", "link", "sms", "smpp", "RE")
_MAIL = Outgoing("mail", "code-de-vote/elector", "link", "email", "smtp", "ac-lyon.fr")


def _sends() -> Counter[tuple[str, str]]:
    samples = (sample for family in REGISTRY.collect() for sample in family.samples)
    return Counter(
        {
            (each.labels["gateway"], each.labels["outcome"]): int(each.value)
            for each in samples
            if each.name == "reassort_sends_total"
        }
    )


def _seconds(gateway: str, channel: str) -> float:
    labels = {"gateway": gateway, "channel": channel}
    return REGISTRY.get_sample_value("reassort_delivery_seconds_sum", labels) or 0


@pytest.mark.parametrize("reason", ["", "undeliv"])
async def test_an_sms_is_counted_until_its_receipt(ledger: Ledger, now: Clock, reason: str) -> None:
    """Put off, accepted, then delivered, which is timed from the first try on, or failed."""
    counted, timed = _sends(), _seconds("smpp", "sms")
    await ledger.begin(_SMS)
    await ledger.not_accepted(_SMS, "smpp-throttled", final=False)
    now.advance(timedelta(seconds=30))
    await ledger.accepted(_SMS, ("1",))
    now.advance(timedelta(seconds=10))
    await ledger.received(Receipt("smpp", "1", delivered=not reason, reason=reason, at=now()))
    for outcome in await ledger.unreported():
        await ledger.mark_reported(outcome)
    last = "failed" if reason else "delivered"
    assert _sends() - counted == Counter([("smpp", "postponed"), ("smpp", "accepted"), ("smpp", last)])
    assert _seconds("smpp", "sms") - timed == pytest.approx(0 if reason else 40)


async def test_a_mail_is_timed_until_the_relay_accepts_it(ledger: Ledger, now: Clock) -> None:
    """Once, since nothing more is heard of it; one that is refused is counted, not timed."""
    counted, timed = _sends(), _seconds("smtp", "email")
    await ledger.begin(_MAIL)
    now.advance(timedelta(seconds=3))
    await ledger.accepted(_MAIL, ())
    await ledger.accepted(_MAIL, ())
    await ledger.not_accepted(_MAIL, "smtp-550", final=True)
    assert _sends() - counted == Counter({("smtp", "accepted"): 2, ("smtp", "refused"): 1})
    assert _seconds("smtp", "email") - timed == pytest.approx(3)
