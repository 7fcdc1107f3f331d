"""Operators see what each gateway does, and those who may act change it."""

import pytest
import pytest_asyncio

from activities.evidence.journal import Journal
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from demo.client.operators import ASSISTANCE, OPERATEUR, csrf_of
from election.stages import Channel
from tests.support.console_app import ConsoleApp

PAGE = "/exploitation/passerelles"


@pytest_asyncio.fixture(autouse=True)
async def gateways(console_app: ConsoleApp, console_database: Database) -> None:
    """Two gateways, of which one has been given a share, and a send that one has not accepted."""
    now = console_app.context.now
    journal = Journal(console_database, console_app.context.election, now)
    states = GatewayStates(console_database, journal, now)
    await states.register([NewGateway("smpp", Channel.SMS, 100), NewGateway("brevo", Channel.SMS, 0)])
    await carry_out(states, GatewayOrder("smpp", GatewayAct.SHIFT, "m.durand", "trop cher", 60))
    ledger, sent = Ledger(console_database, journal, now), Outgoing("g-1", "w/g", "g", "sms", "smpp", "FR")
    await ledger.begin(sent)
    await ledger.not_accepted(sent, "smpp-unbound", final=False)


async def test_the_page_has_a_card_for_each_gateway_and_who_has_changed_it(console_app: ConsoleApp) -> None:
    """With shares, failures by cause, and a history with names and reasons; who only reads has no form."""
    async with console_app.signed_in(ASSISTANCE) as browser:
        page = await browser.get(PAGE)
        refused = await browser.post(f"{PAGE}/brevo", data={"act": "suspend", "reason": "essai"})
    assert page.status_code == 200
    for words in (
        "SMS\u00a0: smpp",
        "60\u00a0%",
        "Part choisie à la main",
        "part choisie à la main (40\u00a0%)",
        "trop cher",
    ):
        assert words in page.text
    assert "<code>smpp-unbound</code>" in page.text
    assert "<form" not in page.text.partition("<main")[2]
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"act": "shift", "reason": "essai", "priority": "101"}, 422),
        ({"act": "shift", "reason": "essai", "priority": "beaucoup"}, 422),
        ({"act": "suspend", "reason": "  "}, 422),
        ({"act": "explode", "reason": "essai"}, 404),
        ({"act": "suspend", "reason": "essai", "csrf": "other"}, 403),
    ],
)
async def test_a_wrong_order_is_refused(console_app: ConsoleApp, form: dict[str, str], status: int) -> None:
    """And the page says what it must be, with what was typed."""
    async with console_app.signed_in(OPERATEUR) as browser:
        csrf = csrf_of((await browser.get(PAGE)).text)
        answer = await browser.post(f"{PAGE}/brevo", data={"csrf": csrf, **form})
    assert answer.status_code == status
    assert (status == 422) == ("La part est un nombre de 0 à 100" in answer.text)
    if "priority" in form:
        assert f'value="{form["priority"]}"' in answer.text
        assert answer.text.count('value="essai"') == 1
