"""Operators see what each gateway does, and those who may act change it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Journal
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.overview import GatewayNow, GatewayView
from activities.routing.states import GatewayStates, NewGateway
from activities.sending.delivery_shares import DeliveryShare
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from console.dashboard.gateways import gateway_findings
from console.dashboard.parts import Finding, State
from console.presenters.act_confirmation import of_gateway
from console.presenters.gateways import cards
from demo.client.operators import ASSISTANCE, OPERATEUR, csrf_of
from election.routing.choice import GatewayState
from election.routing.shifting import Why
from election.stages import Channel
from tests.support.console_app import ConsoleApp
from tests.support.typography import faults

PAGE = "/exploitation/passerelles"


@pytest_asyncio.fixture(autouse=True)
async def gateways(console_app: ConsoleApp, console_database: Database) -> GatewayStates:
    """Two gateways, of which one has been given a share, and a send that one has not accepted."""
    now = console_app.context.now
    journal = Journal(console_database, console_app.context.election, now)
    states = GatewayStates(console_database, journal, now)
    brevo = NewGateway("brevo", Channel.SMS, 0, rate=0.5)
    await states.register([NewGateway("smpp", Channel.SMS, 100, rate=20.0), brevo])
    await carry_out(states, GatewayOrder("smpp", GatewayAct.SHIFT, "m.durand", "trop cher", 60))
    ledger, sent = Ledger(console_database, journal, now), Outgoing("g-1", "w/g", "g", "sms", "smpp", "FR")
    await ledger.begin(sent)
    await ledger.not_accepted(sent, "smpp-unbound", final=False)
    return states


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


async def test_the_page_says_of_each_gateway_what_the_dashboard_says(console_app: ConsoleApp) -> None:
    """Without a session, and without a worker that sends: whether errors are counted or not."""
    findings = await gateway_findings(console_app.services, console_app.context.now)
    assert isinstance(findings, dict)
    async with console_app.signed_in(ASSISTANCE) as browser:
        page = (await browser.get(PAGE)).text
    assert findings["SMS\u00a0: smpp"] == Finding(State.FAILING, "Aucune connexion n’a encore été établie.")
    for part, found in findings.items():
        card = page.partition(f">{part}</h")[2].partition("</ul>")[0]
        badge = {State.FAILING: "En panne", State.UNKNOWN: "État inconnu"}[found.state]
        assert (badge in card, found.detail in card) == (True, True)


@pytest.mark.parametrize(
    ("finding", "badges"),
    [
        (Finding(State.WELL), ["En service", "Part choisie à la main"]),
        (Finding(State.RESERVE, "x"), ["En réserve", "Part choisie à la main"]),
        (Finding(State.FAILING, "x"), ["En panne", "Part choisie à la main"]),
    ],
)
def test_an_error_among_thousands_does_not_decide_the_state(finding: Finding, badges: list[str]) -> None:
    """That is judged once, for the dashboard and for this page; a share that was chosen is said beside it."""
    state = GatewayState("smpp", 60, 100, datetime(2026, 12, 1, tzinfo=UTC), is_held=True)
    [card] = cards([GatewayView(Channel.SMS, state, 9_000, 1, None, {})], [], {"SMS\u00a0: smpp": finding})
    assert ([text for _, text in card.badges], card.detail) == (badges, finding.detail)


def test_errors_are_a_figure_where_they_are_counted() -> None:
    """Where a channel has several gateways: a sole one would always have none."""
    sms = [GatewayState(name, 50, 50, datetime(2026, 12, 1, tzinfo=UTC)) for name in ("smpp", "brevo")]
    views = [GatewayView(Channel.SMS, each, 0, 7, None, {}) for each in sms]
    assert [dict(each.figures)["Erreurs depuis une minute"] for each in cards(views, [], {})] == ["7", "7"]
    assert "Erreurs depuis une minute" not in dict(cards(views[:1], [], {})[0].figures)


async def test_the_configured_rate_of_each_gateway_is_shown(
    console_app: ConsoleApp, gateways: GatewayStates
) -> None:
    """As the process that started last is configured; what was decided stays."""
    brevo = NewGateway("brevo", Channel.SMS, 0, rate=0.5)
    await gateways.register([NewGateway("smpp", Channel.SMS, 100, rate=12.5), brevo])
    async with console_app.signed_in(ASSISTANCE) as browser:
        page = (await browser.get(PAGE)).text
    assert re.findall(r'"gateway-figure">([^<]+ par seconde)<', page) == ["12,5 par seconde", "0,5 par seconde"]
    assert "Part choisie à la main" in page


@pytest.mark.parametrize(
    ("channel", "rate", "shown"),
    [(Channel.SMS, 20.0, "20 par seconde"), (Channel.SMS, None, "inconnu"), (Channel.EMAIL, None, "sans limite")],
)
def test_a_gateway_without_a_rate_has_no_limit_or_is_not_known_yet(
    channel: Channel, rate: float | None, shown: str
) -> None:
    """A relay has none; an SMS gateway that only a process of an earlier version has registered."""
    state = GatewayState("a", 100, 100, datetime(2026, 12, 1, tzinfo=UTC))
    [card] = cards([GatewayView(channel, state, 0, 0, rate, {})], [], {})
    assert dict(card.figures)["Rythme permis à chaque processus"] == shown


def test_a_page_without_changes_says_so(console_app: ConsoleApp) -> None:
    """Before the first start of a process that sends."""
    context: dict[str, object] = {
        "cards": [],
        "history": [],
        "act_names": {},
        "told": "",
        "error": "",
        "refused": None,
        "unshown": [],
    }
    page = console_app.context.pages.text("gateways.html", operator=None, path=PAGE, **context)
    assert "Rien n’a encore changé" in page
    assert "<table" not in page


async def test_a_gateway_is_suspended_since_somebody_has_done_so(
    console_app: ConsoleApp, gateways: GatewayStates
) -> None:
    """A later change of its share is another matter."""
    for act, priority in ((GatewayAct.SUSPEND, 0), (GatewayAct.SHIFT, 10), (GatewayAct.SHIFT, 40)):
        await carry_out(gateways, GatewayOrder("brevo", act, "m.durand", "essai", priority))
    history = await console_app.services.gateways.history()
    current = {each.state.name: each for each in await console_app.services.gateways.current()}
    await carry_out(gateways, GatewayOrder("brevo", GatewayAct.RESUME, "m.durand", "essai"))
    at = next(each.at for each in history if each.why is Why.SUSPENDED)
    assert (current["brevo"].suspended_at, current["smpp"].suspended_at) == (at, None)


@pytest.mark.parametrize(
    ("accepted", "rate"), [(0, "0"), (2, "0,4"), (5, "1"), (49, "9,8"), (600, "120"), (10_000, "2\u202f000")]
)
def test_a_rate_is_by_the_minute(accepted: int, rate: str) -> None:
    """Of what was accepted in five minutes; with the delay of nineteen messages of twenty."""
    state = GatewayState("smpp", 100, 100, datetime(2026, 12, 1, tzinfo=UTC))
    share = DeliveryShare("sms", "smpp", 20, 19, 0, timedelta(seconds=4), timedelta(seconds=70))
    [card] = cards([GatewayView(Channel.SMS, state, accepted, 0, None, {})], [share], {})
    figures = dict(card.figures)
    assert figures["Acceptés par minute, depuis 5\u00a0minutes"] == rate
    assert figures["Délai de 95\u00a0% d’entre eux"] == "1\u00a0min\u00a010\u00a0s"


_SHARE, _REASON = "La part est un nombre de 0 à 100.", "Donnez la raison"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"act": "shift", "reason": "essai", "priority": "101"}, 422, [_SHARE]),
        ({"act": "shift", "reason": "essai", "priority": "1000000"}, 422, [_SHARE]),
        ({"act": "shift", "reason": "essai", "priority": "beaucoup"}, 422, [_SHARE]),
        ({"act": "shift", "reason": " ", "priority": "beaucoup"}, 422, [_SHARE, _REASON]),
        ({"act": "suspend", "reason": "  "}, 422, [_REASON]),
        ({"act": "suspend", "reason": "e" * 201}, 422, [_REASON]),
        ({"act": "suspend", "reason": "essai"}, 503, ["Temporal ne répond pas"]),
        ({"act": "explode", "reason": "essai"}, 404, []),
        ({"act": "suspend", "reason": "essai", "csrf": "other"}, 403, []),
    ],
)
async def test_an_order_that_is_not_carried_out_is_told(
    console_app: ConsoleApp, form: dict[str, str], status: int, said: list[str]
) -> None:
    """In a sentence for each thing that is wrong, and with what was typed."""
    answer = await _ordered(console_app, form)
    assert answer.status_code == status
    assert [each for each in (_SHARE, _REASON, "Temporal ne répond pas") if each in answer.text] == said
    typed = [form["reason"], *([form["priority"]] if "priority" in form else [])]
    assert not said or all(f'value="{each}"' in answer.text for each in typed)
    assert answer.text.count('value="essai"') == ("essai" in typed and bool(said))


async def _ordered(console_app: ConsoleApp, form: dict[str, str]) -> httpx2.Response:
    async with console_app.signed_in(OPERATEUR) as browser:
        csrf = csrf_of((await browser.get(PAGE)).text)
        return await browser.post(f"{PAGE}/brevo", data={"csrf": csrf, "confirmed": "oui", **form})


_LAST = "Aucune autre passerelle de SMS n’est en service\u00a0: plus aucun SMS ne part."


@pytest.mark.parametrize(
    ("act", "share", "suspended", "warnings", "said"),
    [
        (GatewayAct.SUSPEND, 0, "", [], "Les autres passerelles du canal prennent sa part."),
        (GatewayAct.SUSPEND, 0, "smpp", [_LAST], "Ce qui attend part de lui-même à la reprise"),
        (GatewayAct.RESUME, 0, "brevo", [], "selon sa part\u00a0: 40\u00a0%."),
        (GatewayAct.RESUME, 0, "smpp brevo", [], "Les envois repartent par brevo, ceux qui attendent aussi."),
        (GatewayAct.SHIFT, 0, "", [], "brevo n’envoie que si les autres sont en panne."),
        (
            GatewayAct.SHIFT,
            70,
            "brevo",
            ["brevo reste suspendue\u00a0: sa part ne compte qu’à partir de «\u00a0Reprendre\u00a0»."],
            "jusqu’à «\u00a0Rendre à la répartition automatique\u00a0»",
        ),
        (GatewayAct.SHIFT, 70, "", [], "Les autres passerelles du canal se partagent le reste."),
        (
            GatewayAct.SHIFT,
            0,
            "smpp",
            [
                "Aucune autre passerelle du canal n’est en service\u00a0: brevo envoie tout, quelle que soit sa part."
            ],
            "jusqu’à «\u00a0Rendre à la répartition automatique\u00a0»",
        ),
        (GatewayAct.RELEASE, 0, "", [], "Les règles changent de nouveau les parts de tout le canal"),
    ],
)
def test_before_an_act_its_consequence_is_said(
    act: GatewayAct, share: int, suspended: str, warnings: list[str], said: str
) -> None:
    """For the channel, of which this may be the last gateway in service."""
    at = datetime(2026, 12, 1, tzinfo=UTC)
    states = [
        GatewayState(name, priority, priority, at, is_suspended=name in suspended.split())
        for name, priority in (("smpp", 60), ("brevo", 40))
    ]
    views = [GatewayNow(Channel.SMS, each, 0, 0, None) for each in states]
    found = of_gateway(GatewayOrder("brevo", act, "m.durand", "essai", share), views, PAGE)
    assert found is not None
    assert (found.warnings, said in " ".join(found.consequences)) == (warnings, True)
    sentences = (found.question, *found.warnings, *found.consequences)
    assert [fault for each in sentences for fault in faults(each)] == []


def test_a_reserve_that_is_resumed_without_a_share_is_said_to_send_what_others_leave() -> None:
    """Whoever resumes it in an outage learns that a share is needed."""
    at = datetime(2026, 12, 1, tzinfo=UTC)
    smpp, brevo = GatewayState("smpp", 100, 100, at), GatewayState("brevo", 0, 0, at, is_suspended=True)
    views = [GatewayNow(Channel.SMS, each, 0, 0, None) for each in (smpp, brevo)]
    found = of_gateway(GatewayOrder("brevo", GatewayAct.RESUME, "m.durand", "essai"), views, PAGE)
    assert found is not None
    assert "n’envoie que ce que les autres ne prennent pas" in found.consequences[0]
    assert "choisissez ensuite sa part" in found.consequences[1]


async def test_nothing_is_ordered_before_it_is_confirmed(console_app: ConsoleApp) -> None:
    """What was typed waits in the form that confirms it; « Ne rien faire » leads back."""
    before = await console_app.services.gateways.history()
    typed = {"act": "shift", "reason": "fuite", "priority": "7"}
    answer = await _ordered(console_app, typed | {"confirmed": ""})
    page = unescape(answer.text)
    assert (answer.status_code, "Donner 7\u00a0% des envois à brevo\u202f?" in page) == (200, True)
    hidden = typed | {"confirmed": "oui"}
    assert all(f'name="{name}" value="{value}"' in page for name, value in hidden.items())
    assert f'href="{PAGE}">Ne rien faire' in page
    assert await console_app.services.gateways.history() == before


class _Refused:
    """An order that a worker has refused."""

    async def result(self) -> bool:
        """Raise what the SDK does."""
        raise WorkflowFailureError(cause=ApplicationError("not a recent order of the console"))


async def test_a_refused_order_is_told(console_app: ConsoleApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is wrong: with what was typed."""

    async def refused(*_: object, **__: object) -> _Refused:
        return _Refused()

    monkeypatch.setattr(Client, "start_workflow", refused)
    answer = await _ordered(console_app, {"act": "shift", "reason": "essai", "priority": "70"})
    assert (answer.status_code, "L’ordre n’a pas été exécuté" in answer.text) == (409, True)
    assert 'value="70"' in answer.text
