"""« Échecs »: what is shown to whom, and what an act asks before it begins."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.acts.bulk_order import BulkKind, BulkOrder
from activities.config.clock import utc_now
from activities.routing.states import GatewayStates, NewGateway
from election.procedures import Procedure
from election.stages import Channel, Stage
from tests.console.routers.conftest import Console, SignedIn
from tests.support.held_recoveries import Send, add_sends
from workflows.acts.messages import BulkInput

_TIMEOUT, _NUMBER, _MAILBOX = "sms:smpp-timeout", "sms:smpp-0x0000000B", "email:smtp-550"
_SENDS = (
    Send(_TIMEOUT, 1, age=timedelta(hours=2)),
    Send(_TIMEOUT, 2, place="BE"),
    Send(_NUMBER, 3),
    Send(_MAILBOX, 4, Procedure.PASSWORD, place="ac-lyon.fr"),
    Send("sms:smpp-unbound", 5, stage=Stage.SENDING),
)
_PAGE, _LIST = "/exploitation/echecs", "/exploitation/echecs/liste"
_MAIL_ID = _SENDS[3].workflow_id


@pytest_asyncio.fixture(scope="module", autouse=True)
async def failures(console: Console) -> None:
    """Four sends that have failed for three causes, and one that is tried again; two gateways for SMS, and one for mail."""
    await add_sends(console.database, *_SENDS)
    configured = [("smpp", Channel.SMS), ("brevo", Channel.SMS), ("smtp", Channel.EMAIL)]
    states = GatewayStates(console.database, console.services.journal, utc_now)
    await states.register([NewGateway(name, channel, 100) for name, channel in configured])


@dataclass
class AnsweringTemporal:
    """A Temporal that starts so many acts, and then answers no more."""

    answers: int = 100
    started: list[BulkOrder] = field(default_factory=list)

    async def start_workflow(self, _run: object, given: BulkInput, **_options: object) -> None:
        """Take an order."""
        if len(self.started) == self.answers:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        self.started.append(given.order)


@pytest.fixture
def temporal(monkeypatch: pytest.MonkeyPatch) -> AnsweringTemporal:
    """What the console finds at Temporal's address in this test."""
    found = AnsweringTemporal()
    monkeypatch.setattr(Client, "start_workflow", found.start_workflow)
    return found


def _hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)


async def test_a_line_for_each_cause(console: Console) -> None:
    """With its sentence, number, procedures and places; what is tried again by itself stands apart."""
    page = await console.operator.page("/exploitation/echecs")
    assert "L’opérateur de SMS n’a pas répondu à temps" in page
    assert "Belgique (1), France (1)" in page
    held, _, again = page.partition("Réessayé tout seul")
    assert "smpp-unbound" in again
    assert "smpp-unbound" not in held.partition("<table")[2]


async def test_the_same_for_programs(reader: SignedIn) -> None:
    """What has failed for good, in the fields of the contract."""
    found = (await reader.http.get("/exploitation/echecs.json")).json()
    assert [set(each) for each in found] == [{"cause", "channel", "count", "since", "retry_helps"}] * 3
    first = next(each for each in found if each["cause"] == "smpp-timeout")
    assert (first["channel"], first["count"], first["retry_helps"]) == ("sms", 2, True)


async def test_a_cause_for_which_a_retry_does_not_help_has_no_button_of_its_own(console: Console) -> None:
    """It can still be chosen, and the confirmation warns."""
    page = await console.operator.page("/exploitation/echecs")
    assert re.findall(r'name="seul"\s+value="([^"]+)"', page) == [_TIMEOUT]
    confirmed = await console.operator.send("/exploitation/echecs/confirmer", cause=_NUMBER, choix="relancer")
    assert "Relancer n’aide pas d’ordinaire" in confirmed.text


async def test_a_role_that_reads_is_offered_nothing(reader: SignedIn) -> None:
    """No button, no checkbox; and a form of its own making is refused."""
    page = (await reader.page("/exploitation/echecs")).partition("</main>")[0]
    assert "confirmer" not in page or "<button" not in page.partition('action="/exploitation/echecs/confirmer"')[2]
    assert 'type="checkbox"' not in page
    refused = await reader.send("/exploitation/echecs/relancer", cause="smpp-timeout", reason="essai")
    assert refused.status_code == 403


async def test_a_form_without_its_token_is_refused(console: Console) -> None:
    """Another site cannot begin an act."""
    forged = await console.operator.http.post(
        "/exploitation/echecs/relancer", data={"cause": "smpp-timeout", "reason": "x"}
    )
    assert forged.status_code == 403


@pytest.mark.parametrize(
    ("pressed", "title"),
    [
        ({"seul": _TIMEOUT}, "Relancer 2\u00a0envois en échec"),
        ({"cause": [_TIMEOUT, _MAILBOX], "choix": "annuler"}, "Annuler 3\u00a0réassorts"),
        ({"tout": "relancer"}, "Relancer 4\u00a0envois en échec"),
        ({"tout": "relancer", "channel": "email"}, "Relancer 1\u00a0envoi en échec"),
        ({"tout": "relancer", "age": "60"}, "Relancer 1\u00a0envoi en échec"),
        ({"ids": [_SENDS[2].workflow_id], "choix": "annuler"}, "Annuler 1\u00a0réassort"),
    ],
)
async def test_a_confirmation_says_how_many(console: Console, pressed: dict[str, object], title: str) -> None:
    """And carries what was chosen, with the instant at which it was seen."""
    confirmed = await console.operator.send("/exploitation/echecs/confirmer", **pressed)
    assert confirmed.status_code == 200
    assert f"<h1>{title}\u202f?</h1>" in confirmed.text
    assert "held_until" in dict(_hidden(confirmed.text))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cause": "smpp-timeout"}, "Dites pourquoi"),
        ({"cause": "smpp-timeout", "reason": "panne finie", "rate": "501"}, "Indiquez un rythme de 0,2 à 500"),
        ({"cause": "smpp-timeout", "reason": "panne finie", "rate": "dix"}, "Indiquez un rythme de 0,2 à 500"),
        ({"reason": "panne finie"}, "Choisissez au moins une ligne."),
    ],
)
async def test_an_act_that_lacks_something_does_not_begin(
    console: Console, fields: dict[str, object], sentence: str
) -> None:
    """The page comes again, and says what, with what was typed."""
    refused = await console.operator.send("/exploitation/echecs/relancer", **fields)
    assert refused.status_code == 422
    assert sentence in refused.text
    if "cause" in fields:
        assert all(f'value="{fields[name]}"' in refused.text for name in ("reason", "rate") if name in fields)


async def test_a_cause_that_nothing_has_any_more_is_told(console: Console) -> None:
    """Somebody may have retried it meanwhile."""
    gone = await console.operator.send("/exploitation/echecs/confirmer", seul="sms:smpp-busy")
    assert gone.status_code == 422
    assert "Aucun envoi en échec ne répond à ce choix" in gone.text


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        (_PAGE, ["choix"]),
        (f"{_PAGE}?channel=sms", ["choix", "tout"]),
        (f"{_PAGE}?channel=email", []),
        (f"{_LIST}?cause={_TIMEOUT}", ["choix", "tout"]),
        (f"{_LIST}?cause={_MAILBOX}", []),
        (_LIST, ["choix"]),
    ],
)
async def test_another_gateway_is_offered_where_there_is_one(
    console: Console, address: str, offered: list[str]
) -> None:
    """For all at once only if one gateway could send all of them: mail has one relay here."""
    page = await console.operator.page(address)
    assert re.findall(r'name="(\w+)"\s+value="autre-passerelle"', page) == offered


@pytest.mark.parametrize(
    "chosen",
    [
        {"cause": _TIMEOUT, "choix": "autre-passerelle"},
        {"ids": _SENDS[0].workflow_id, "choix": "autre-passerelle"},
        {"tout": "autre-passerelle", "channel": "sms"},
    ],
)
async def test_the_gateways_to_choose_from_are_those_of_the_chosen_failures(
    console: Console, chosen: dict[str, object]
) -> None:
    """A mail relay sends no SMS."""
    confirmed = await console.operator.send(f"{_PAGE}/confirmer", **chosen)
    assert set(re.findall(r'<option value="(\w+)"', confirmed.text)) == {"smpp", "brevo"}


@pytest.mark.parametrize("address", ["confirmer", "relancer"])
@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"cause": _MAILBOX}, "n’ont pas d’autre passerelle"),
        ({"ids": _MAIL_ID}, "n’ont pas d’autre passerelle"),
        ({"cause": [_TIMEOUT, _MAILBOX]}, "choisissez des envois d’un seul canal"),
    ],
)
async def test_failures_that_no_other_gateway_can_send_are_not_retried_by_one(
    console: Console, temporal: AnsweringTemporal, address: str, chosen: dict[str, object], sentence: str
) -> None:
    """The page of causes says why, whatever a form of somebody's own making names."""
    form = {**chosen, "choix": "autre-passerelle", "gateway": "brevo", "reason": "essai"}
    refused = await console.operator.send(f"{_PAGE}/{address}", **form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert temporal.started == []


@pytest.mark.parametrize("gateway", ["", "smtp", "unknown"])
async def test_a_retry_by_another_gateway_names_one_of_the_channel(
    console: Console, temporal: AnsweringTemporal, gateway: str
) -> None:
    """None, the mail's relay or an unknown one is refused on the confirmation; one of the channel is ordered for that channel alone."""
    form = {"cause": _TIMEOUT, "reason": "essai", "rate": "30"}
    refused = await console.operator.send(f"{_PAGE}/relancer", **form, gateway=gateway)
    assert refused.status_code == 422
    assert "Choisissez une passerelle de cette liste." in refused.text
    assert 'value="30"' in refused.text
    assert temporal.started == []
    assert (await console.operator.send(f"{_PAGE}/relancer", **form, gateway="brevo")).status_code == 303
    [order] = temporal.started
    assert (order.kind, order.gateway, order.channel) == (BulkKind.RETRY_BY_OTHER, "brevo", "sms")


async def test_ticked_recoveries_are_counted_and_warned_of_as_causes_are(console: Console) -> None:
    """What is no longer held does not count, and a retry that does not help is told."""
    ids = [_SENDS[2].workflow_id, _SENDS[4].workflow_id, "code-de-vote/gone"]
    confirmed = await console.operator.send(f"{_PAGE}/confirmer", ids=ids, choix="relancer")
    assert "<h1>Relancer 1\u00a0envoi en échec\u202f?</h1>" in confirmed.text
    assert "Relancer n’aide pas d’ordinaire pour «\u00a0L’opérateur de SMS refuse ce numéro" in confirmed.text
    gone = await console.operator.send(f"{_PAGE}/confirmer", ids=ids[1:], choix="relancer")
    assert (gone.status_code, "Aucun envoi en échec ne répond à ce choix" in gone.text) == (422, True)


async def test_a_button_for_all_does_not_mind_ticked_lines(console: Console, temporal: AnsweringTemporal) -> None:
    """Neither on the confirmation nor in what is ordered."""
    ticked = {"tout": "annuler", "cause": _NUMBER, "ids": _MAIL_ID}
    confirmed = await console.operator.send(f"{_PAGE}/confirmer", **ticked)
    assert "Annuler 4\u00a0réassorts" in confirmed.text
    await console.operator.send(f"{_PAGE}/annuler", **ticked, reason="essai")
    [order] = temporal.started
    assert (order.kind, order.cause, order.workflow_ids) == (BulkKind.CANCEL, "", ())


async def test_several_causes_lead_to_the_list_of_acts(console: Console, temporal: AnsweringTemporal) -> None:
    """Each is an act of its own."""
    form = {"cause": [_TIMEOUT, _MAILBOX], "reason": "panne finie"}
    begun = await console.operator.send(f"{_PAGE}/relancer", **form)
    assert (begun.status_code, begun.headers["location"]) == (303, "/exploitation/actes")
    assert [each.cause for each in temporal.started] == [_TIMEOUT, _MAILBOX]


async def test_of_several_causes_the_page_says_which_have_begun(
    console: Console, temporal: AnsweringTemporal
) -> None:
    """Temporal has gone away in between: the confirmation is there again for the others alone, with the reason."""
    temporal.answers = 1
    form = {"cause": [_TIMEOUT, _MAILBOX], "reason": "panne finie"}
    half = await console.operator.send(f"{_PAGE}/relancer", **form)
    assert half.status_code == 503
    assert "A commencé, pour\u00a0: «\u00a0L’opérateur de SMS n’a pas répondu à temps" in half.text
    assert [value for name, value in _hidden(half.text) if name == "cause"] == [_MAILBOX]
    assert 'value="panne finie"' in half.text
    temporal.answers = 0
    temporal.started.clear()
    none = await console.operator.send(f"{_PAGE}/relancer", **form)
    assert (none.status_code, "rien ne dit que l’acte a commencé" in none.text) == (503, True)


async def test_the_recoveries_of_a_cause_are_listed(reader: SignedIn) -> None:
    """The oldest first, each with its reference and the way to its page; never with a destination."""
    page = await reader.page(f"{_LIST}?cause={_TIMEOUT}")
    old, new = (each.workflow_id for each in _SENDS[:2])
    assert page.index(f"/exploitation/reassorts/{old}") < page.index(f"/exploitation/reassorts/{new}")
    assert "06 ••" not in page


async def test_each_list_is_ready_in_temporal_too(reader: SignedIn) -> None:
    """Of each cause, and of what the filter asks for."""
    for address, filters in ((_PAGE, (_TIMEOUT, _NUMBER, _MAILBOX)), (f"{_LIST}?cause={_NUMBER}", (_NUMBER,))):
        page = await reader.page(address)
        assert all(quote(f"RecoveryFault = '{fault}'", safe="") in page for fault in filters)


async def test_a_filter_that_matches_nothing_says_so(reader: SignedIn) -> None:
    """On the page of causes and on the list."""
    assert "ne répond à ce filtre" in await reader.page("/exploitation/echecs?cause=sms:smpp-busy")
    assert "ne répond à ce filtre" in await reader.page(f"{_LIST}?cause=sms:smpp-busy")
