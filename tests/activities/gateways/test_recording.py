"""Gateways that record messages."""

import pytest

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.gateways.sms.gateway import Receipt, SmsMessage
from tests.support.clock import Clock
from tests.support.waiting import running, until

MAIL = MailMessage("m-1", "a@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")
SMS = SmsMessage("m-1", "+33600000001", "é" * 200)


async def test_repeats_can_be_seen(now: Clock) -> None:
    """A message that was sent twice is recorded twice, with the same ids."""
    told: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        told.append(receipt)

    mail, sms = RecordingMail(), RecordingSms(keep, now)
    await mail.send(MAIL)
    await mail.send(MAIL)
    assert await sms.send(SMS) == await sms.send(SMS) == ("m-1-1", "m-1-2")
    assert (mail.sent, sms.sent, told) == ([MAIL, MAIL], [SMS, SMS], [])


@pytest.mark.parametrize(
    ("mode", "fault"),
    [(GatewayMode.DOWN, GatewayUnavailableError), (GatewayMode.REFUSE, GatewayRefusedError)],
)
async def test_a_failing_gateway_records_what_was_tried(
    now: Clock, mode: GatewayMode, fault: type[Exception]
) -> None:
    """It is in `tried` and not in `sent`."""

    async def keep(_receipt: Receipt) -> None:
        raise AssertionError("no receipt comes for what was not taken")

    mail, sms = RecordingMail(), RecordingSms(keep, now, automatic=True)
    mail.mode = sms.mode = mode
    with pytest.raises(fault):
        await mail.send(MAIL)
    with pytest.raises(fault):
        await sms.send(SMS)
    assert (mail.tried, mail.sent, sms.tried, sms.sent) == ([MAIL], [], [SMS], [])


async def test_receipts_come_when_the_test_says_so(now: Clock) -> None:
    """The test decides the outcome of each segment."""
    told: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        told.append(receipt)

    sms = RecordingSms(keep, now)
    first, second = await sms.send(SMS)
    await sms.deliver(first)
    await sms.fail(second, "smpp-expired")
    assert told == [
        Receipt("recording-sms", first, delivered=True, reason="", at=now()),
        Receipt("recording-sms", second, delivered=False, reason="smpp-expired", at=now()),
    ]


async def test_automatic_receipts_come_by_themselves(now: Clock) -> None:
    """While it runs, each segment gets a receipt of delivery, in order."""
    told: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        told.append(receipt)

    sms = RecordingSms(keep, now, automatic=True)
    async with running(sms.run()):
        ids = await sms.send(SMS)
        await until(lambda: len(told) == 2)
    assert tuple(receipt.gateway_id for receipt in told) == ids
