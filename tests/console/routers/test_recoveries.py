"""« Recherche », and the page of one recovery."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event
from activities.routing.states import GatewayStates, NewGateway
from election.procedures import Procedure, reference_of, subject_of
from election.stages import Channel, Stage
from tests.console.routers.conftest import Console, SignedIn
from tests.support.held_recoveries import Send, add_sends
from workflows.contracts.orders import RetryRequest
from workflows.contracts.search_attributes import FAULT

_HELD = Send("sms:smpp-timeout", 1)
_PASSWORD, _BOTH = (
    Send("email:smtp-550", 2, procedure) for procedure in (Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD)
)
_ENDED = Send("", 3, stage=Stage.CANCELLED)
_SENT, _LONGEST = (
    Send("", number, stage=Stage.SENDING, channel=Channel.EMAIL, is_accepted=True) for number in (4, 5)
)
_PAGE = f"/exploitation/reassorts/{_HELD.workflow_id}"
_SEARCH = "/exploitation/recherche"


def _reference(send: Send) -> str:
    return reference_of(subject_of(send.workflow_id))


@pytest_asyncio.fixture(scope="module", autouse=True)
async def recoveries(console: Console) -> None:
    """A failed send with its journal, two recoveries of one subject, one that is sent, and a cancelled one; two SMS gateways."""
    # From when the tests begin, which is minutes after this file is read.
    lives = ((_SENT, timedelta(hours=7)), (_LONGEST, timedelta(hours=24)))
    sent = [replace(send, dies_at=utc_now() + lifetime) for send, lifetime in lives]
    await add_sends(console.database, _HELD, _PASSWORD, _BOTH, *sent, _ENDED)
    configured = [("smpp", Channel.SMS), ("brevo", Channel.SMS), ("smtp", Channel.EMAIL)]
    states = GatewayStates(console.database, console.services.journal, utc_now)
    await states.register([NewGateway(name, channel, 100) for name, channel in configured])
    entries = [
        Entry("r1", Event.REQUEST_ACCEPTED, "camille-id", _HELD.workflow_id, "sms", "accepted"),
        Entry(
            "message:m1:smpp-timeout", Event.SEND_POSTPONED, "smpp", _HELD.workflow_id, "sms", "smpp-timeout", "FR"
        ),
        Entry("o1", Event.OPERATOR_RETRIED, "Dominique Martin", _HELD.workflow_id, "", "sms:smpp-timeout"),
    ]
    async with console.database.writing() as connection:
        for each in entries:
            await console.services.journal.record(connection, each)


@pytest.mark.parametrize(
    "spell", [str, str.lower, lambda text: text.replace("-", " "), lambda text: text.replace("-", "")]
)
async def test_a_reference_leads_to_the_recovery(reader: SignedIn, spell: object) -> None:
    """Typed in any way."""
    assert callable(spell)
    found = await reader.http.get(_SEARCH, params={"reference": spell(_reference(_HELD))})
    assert found.status_code == 303
    assert found.headers["location"] == _PAGE


async def test_a_workflow_id_leads_to_its_recovery(reader: SignedIn) -> None:
    """As it is copied from the Temporal UI."""
    found = await reader.http.get(_SEARCH, params={"reference": _BOTH.workflow_id})
    assert found.headers["location"] == f"/exploitation/reassorts/{_BOTH.workflow_id}"


async def test_a_reference_of_two_recoveries_shows_both(reader: SignedIn) -> None:
    """Procedures with the same subject have the same reference."""
    found = await reader.http.get(_SEARCH, params={"reference": _reference(_PASSWORD)})
    assert found.status_code == 200
    assert all(each.workflow_id in found.text for each in (_PASSWORD, _BOTH))


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ("0000-0000-0000", 404, "Aucun réassort n’a cette référence."),
        ("0000-0000-0000", 404, "/exploitation/journal?reference=0000-0000-0000"),
        ("Camille Martin", 422, "Ce n’est ni une référence"),
        ("", 200, "Référence que la personne lit"),
    ],
)
async def test_what_is_not_found_is_said(reader: SignedIn, typed: str, status: int, sentence: str) -> None:
    """In a sentence that says what to do."""
    found = await reader.http.get(_SEARCH, params={"reference": typed})
    assert found.status_code == status
    assert sentence in found.text


async def test_the_page_says_what_is_wrong_and_what_to_say(reader: SignedIn) -> None:
    """Its timeline has tries and acts with who did them; neither a destination nor an elector's id is there."""
    page = await reader.page(_PAGE)
    assert "Envoi en échec\u00a0: en attente" in page
    assert "L’opérateur de SMS n’a pas répondu à temps" in page
    assert "SMS remis à plus tard\u00a0: l’opérateur de SMS n’a pas répondu à temps" in page
    assert "Dominique Martin" in page
    assert "06 ••" not in page
    assert "camille-id" not in page
    assert "/actes/" not in page  # a role that reads


class _Described:
    """A recovery as Temporal describes it, which obeys every order."""

    def __init__(self, fault: str, status: WorkflowExecutionStatus) -> None:
        self.orders: list[object] = []
        self.status = status
        self.typed_search_attributes = TypedSearchAttributes([SearchAttributePair(FAULT, fault)])

    async def describe(self) -> "_Described":
        """Return itself."""
        return self

    async def execute_update(self, _name: str, order: object) -> None:
        """Take an order."""
        self.orders.append(order)


@pytest.mark.parametrize(
    ("fault", "status", "is_named"),
    [
        ("database:timeout", WorkflowExecutionStatus.RUNNING, True),
        ("database:timeout", WorkflowExecutionStatus.TERMINATED, False),
        ("sms:smpp-timeout", WorkflowExecutionStatus.RUNNING, False),
    ],
)
async def test_the_page_names_a_fault_of_the_database(
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    status: WorkflowExecutionStatus,
    *,
    is_named: bool,
) -> None:
    """Which Temporal alone knows: nothing could be written."""
    monkeypatch.setattr(Client, "get_workflow_handle", lambda *_: _Described(fault, status))
    page = await console.operator.page(_PAGE)
    assert ("Base de données en échec\u00a0: en attente" in page) == is_named
    confirmation = await console.operator.page(f"{_PAGE}/actes/relancer")
    assert ("attend de la base de données est refait" in confirmation) == is_named


async def test_acts_are_confirmed_on_a_page_of_their_own(console: Console) -> None:
    """It says what will happen, and asks why where the journal keeps a reason."""
    assert f"{_PAGE}/actes/relancer" in await console.operator.page(_PAGE)
    confirmation = await console.operator.page(f"{_PAGE}/actes/annuler")
    assert "Le lien envoyé ne fonctionne plus" in confirmation
    refused = await console.operator.send(f"{_PAGE}/actes/annuler")
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.text
    sent = f"/exploitation/reassorts/{_SENT.workflow_id}/actes/prolonger"
    refused = await console.operator.send(sent, hours="12")
    assert refused.status_code == 422
    assert re.findall(r'<option value="(\d+)"\s+selected', refused.text) == ["12"]


async def test_an_extension_offers_what_lengthens_the_link(console: Console) -> None:
    """A link that lives as long as the election lets one has none: its page says so."""
    sent, longest = (f"/exploitation/reassorts/{each.workflow_id}" for each in (_SENT, _LONGEST))
    assert re.findall(r'<option value="(\d+)"', await console.operator.page(f"{sent}/actes/prolonger")) == [
        "12",
        "24",
    ]
    page = await console.operator.page(longest)
    assert f"{longest}/actes/prolonger" not in page
    assert "Le lien ne peut pas être prolongé" in page
    assert (await console.operator.http.get(f"{longest}/actes/prolonger")).status_code == 409


async def test_a_retry_by_another_gateway_names_one_of_its_channel(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None, the mail's relay or an unknown one is refused; a simple retry names none, whatever its form says."""
    obeying = _Described("", WorkflowExecutionStatus.RUNNING)
    by_other, retry = (f"{_PAGE}/actes/{act}" for act in ("autre-passerelle", "relancer"))
    for gateway in ("", "smtp", "unknown"):
        refused = await console.operator.send(by_other, gateway=gateway)
        assert refused.status_code == 422
        assert "Choisissez une passerelle de cette liste." in refused.text
    monkeypatch.setattr(Client, "get_workflow_handle", lambda *_: obeying)
    assert (await console.operator.send(by_other, gateway="brevo")).status_code == 303
    assert (await console.operator.send(retry, gateway="smtp")).status_code == 303
    assert [each.gateway for each in obeying.orders if isinstance(each, RetryRequest)] == ["brevo", ""]


async def test_a_channel_with_one_gateway_has_no_other(console: Console) -> None:
    """The act is neither offered nor done."""
    page = f"/exploitation/reassorts/{_PASSWORD.workflow_id}"
    assert "autre-passerelle" not in await console.operator.page(page)
    refused = await console.operator.send(f"{page}/actes/autre-passerelle", gateway="smtp")
    assert (refused.status_code, "Cet acte n’est plus possible" in refused.text) == (409, True)


async def test_an_order_for_an_elector_is_not_said_to_be_given_while_temporal_is_away(console: Console) -> None:
    """Nobody answers at its address."""
    refused = await console.operator.send(f"{_PAGE}/actes/debloquer-la-connexion", reason="appel")
    assert refused.status_code == 409
    assert "rien ne dit que l’ordre est donné" in refused.text


async def test_an_act_that_makes_no_sense_any_more_is_refused(console: Console) -> None:
    """The recovery has ended since the page was opened."""
    page = f"/exploitation/reassorts/{_ENDED.workflow_id}/actes/annuler"
    assert (await console.operator.http.get(page)).status_code == 409


async def test_a_role_that_reads_cannot_act(reader: SignedIn) -> None:
    """Neither by the page nor by a form of its own making."""
    assert (await reader.http.get(f"{_PAGE}/actes/annuler")).status_code == 403
    assert (await reader.send(f"{_PAGE}/actes/annuler", reason="x")).status_code == 403


@pytest.mark.parametrize("workflow_id", ["code-de-vote/0/0000-0000-0000", "mailing/demo/envoi-1", "x"])
async def test_an_unknown_recovery_has_no_page(reader: SignedIn, workflow_id: str) -> None:
    """Whatever stands in the address."""
    await reader.page(f"/exploitation/reassorts/{workflow_id}", 404)
