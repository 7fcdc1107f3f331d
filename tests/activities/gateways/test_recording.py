"""Recording gateways, used in place of real ones in tests."""

import pytest

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.gateways.sms.gateway import Receipt, SmsMessage
from tests.support.clock import Clock
from tests.support.waiting import running, until

MAIL = MailMessage("m-1", "a@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")
SMS = SmsMessage("m-1", "+33600000001", "é" * 200)


async def test_repeated_messages_are_recorded(now: Clock) -> None:
    """A message that is sent twice is recorded twice, with the same ids."""
    reported: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        reported.append(receipt)

    mail, sms = RecordingMail(), RecordingSms(keep, now)
    await mail.send(MAIL)
    await mail.send(MAIL)
    assert await sms.send(SMS) == await sms.send(SMS) == ("m-1-1", "m-1-2")
    assert (mail.sent, sms.sent, reported) == ([MAIL, MAIL], [SMS, SMS], [])


@pytest.mark.parametrize(
    ("mode", "fault"),
    [(GatewayMode.DOWN, GatewayUnavailableError), (GatewayMode.REFUSE, GatewayRefusedError)],
)
async def test_a_failing_gateway_records_attempts(now: Clock, mode: GatewayMode, fault: type[Exception]) -> None:
    """A message that was not accepted is in `tried` and not in `sent`."""

    async def keep(_receipt: Receipt) -> None:
        raise AssertionError("no receipt for a message that was not accepted")

    mail, sms = RecordingMail(), RecordingSms(keep, now, automatic=True)
    mail.mode = sms.mode = mode
    with pytest.raises(fault):
        await mail.send(MAIL)
    with pytest.raises(fault):
        await sms.send(SMS)
    assert (mail.tried, mail.sent, sms.tried, sms.sent) == ([MAIL], [], [SMS], [])


async def test_a_test_decides_the_receipt_of_each_segment(now: Clock) -> None:
    """`deliver` and `fail` pass a receipt to the listener."""
    reported: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        reported.append(receipt)

    sms = RecordingSms(keep, now)
    first, second = await sms.send(SMS)
    await sms.deliver(first)
    await sms.fail(second, "smpp-expired")
    assert reported == [
        Receipt("recording-sms", first, delivered=True, reason="", at=now()),
        Receipt("recording-sms", second, delivered=False, reason="smpp-expired", at=now()),
    ]


async def test_automatic_receipts_report_delivery(now: Clock) -> None:
    """While the gateway runs, each segment is reported as delivered, in order."""
    reported: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        reported.append(receipt)

    sms = RecordingSms(keep, now, automatic=True)
    async with running(sms.run()):
        ids = await sms.send(SMS)
        await until(lambda: len(reported) == 2)
    assert tuple(receipt.gateway_id for receipt in reported) == ids
