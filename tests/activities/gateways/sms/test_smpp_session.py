"""An SMPP session, from its bind to its end, with both sides observed."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from activities.gateways.sms.smpp_account import SmppAccount
from activities.gateways.sms.smpp_codes import RECEIPT_TYPE
from activities.gateways.sms.smpp_session import SmppSession
from tests.support.smpp_server import PHONE, SmppSetup, mute_centre
from tests.support.waiting import listens, running, until


async def test_closing_returns_acknowledged_events_that_were_not_read(smpp_setup: SmppSetup) -> None:
    """The operator does not repeat what the library acknowledged, so it must not be lost at a stop."""
    async with mute_centre(smpp_setup.account.port) as centre:
        session = await SmppSession.open(smpp_setup.account)
        reading = asyncio.ensure_future(anext(aiter(session)))
        await until(lambda: session._next is not None)
        reading.cancel()
        await until(lambda: centre.bound)
        for text in (b"un", b"deux"):
            await centre.bound[0].deliver_sm("ELECTIONS", text, source_addr=PHONE, esm_class=RECEIPT_TYPE)
        assert [event.short_message for event in await session.close()] == [b"un", b"deux"]
        await until(lambda: not centre.bound)


async def test_a_session_ends_when_the_operator_unbinds(smpp_setup: SmppSetup) -> None:
    """Iteration ends, so that the gateway can bind again (OVHcloud unbinds every 24 hours)."""
    async with mute_centre(smpp_setup.account.port) as centre:
        session = await SmppSession.open(smpp_setup.account)
        await until(lambda: centre.bound)
        await centre.bound[0].unbind()
        assert [event async for event in session] == []
        await session.close()


async def test_the_demo_can_send_a_receipt_before_the_answer(smpp_setup: SmppSetup) -> None:
    """In the mode `early` the receipt arrives before the submit's answer."""
    smpp_setup.modes.write(sms="early")
    async with running(smpp_setup.centre().run()):
        await until(partial(listens, smpp_setup.account.port))
        session = await SmppSession.open(smpp_setup.account)
        reading = asyncio.ensure_future(anext(aiter(session)))
        submit = session.smsc.submit_sm("33600000001", b"Bonjour", source_addr="ELECTIONS", registered_delivery=1)
        first, _ = await asyncio.wait(
            {asyncio.ensure_future(submit), reading}, return_when=asyncio.FIRST_COMPLETED
        )
        assert reading in first
        assert (await submit).is_success
        await session.close()


@pytest.mark.parametrize("field", ["system_id", "password", "sender"])
def test_an_account_with_a_field_that_is_too_long_is_refused(field: str) -> None:
    """The library would fail at every bind; the error names the field without its value."""
    account = SmppAccount("127.0.0.1", 2775, "reassort", "secret", "ELECTIONS")
    changes: dict[str, Any] = {field: "trop" * 8}
    with pytest.raises(ValueError, match=f"{field} may have") as refusal:
        replace(account, **changes)
    assert "trop" not in str(refusal.value)


def test_an_account_does_not_show_its_password() -> None:
    """Its `repr` may be in a log or a traceback."""
    assert "secret" not in repr(SmppAccount("127.0.0.1", 2775, "reassort", "secret", "ELECTIONS"))
