"""The dashboard tells the truth, also while Temporal and the workers are dead."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx2
import pytest
from sqlalchemy import delete, func, insert, update
from temporalio.client import Client, WorkflowExecutionCount

from activities.console_services import ConsoleServices
from activities.evidence.journal import Journal
from activities.progress.overview import HeldSends, Overview, RecoveryOverview
from activities.routing.overview import GatewayNow, GatewayOverview
from activities.routing.slowness import SlowGateway
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from activities.store.operator_table import operator_sessions
from activities.store.progress_table import progress
from activities.store.tables import messages, workers
from activities.upkeep.heartbeat import BOUNCES, SMS_BOUND, WEBHOOK, Heartbeat
from console.dashboard.checks import all_checks, processes
from console.dashboard.gateways import gateway_findings
from console.dashboard.parts import Finding, Part, PartWatch, State
from console.dashboard.snapshot import Dashboard, Snapshot, Stuck
from console.presenters.dashboard import page as dashboard
from election.causes import cause_of
from election.routing.choice import GatewayState
from election.stages import Channel, Stage
from tests.support.clock import Clock
from tests.support.console_app import ConsoleApp
from tests.support.typography import faults
from workflows.contracts.options import MESSAGING, ROLL

_HELD = "code-de-vote/95227c637f7f34344c2c/A45F-E11F-D6F9"


async def test_dead_parts_are_named_and_rows_are_counted(
    console_app: ConsoleApp, console_database: Database
) -> None:
    """No worker, no Temporal, no portal; one send has failed, and another message arrived after 30 seconds."""
    async with console_database.writing() as connection:
        await connection.execute(insert(progress).values(_row(_HELD)))
        await connection.execute(insert(messages).values(_message()))
        seen = {"last_seen_at": func.now() - timedelta(minutes=5)}
        await connection.execute(insert(workers).values({"role": "recoveries", **seen}))
    await _register(console_app, console_database)
    async with console_app.signed_in() as browser:
        page = (await browser.get("/exploitation")).text
        fragment = (await browser.get("/exploitation/tableau")).text
    for part in ("Portail", "Temporal", "Traitement des demandes", "Envoi des messages", "SMS\u00a0: smpp"):
        assert part in _headline(page)
    assert "Aucun worker ne donne signe de vie." in page
    assert "(5\u00a0min" in page
    assert f'href="/exploitation/reassorts/{_HELD}"' in page
    blocked = page.partition("Ce qui est bloqué")[2]
    assert 'href="/exploitation/echecs?cause=sms%3Asmpp-0x0000000B"' in blocked
    assert "1\u00a0h" in blocked.partition('data-label="Depuis"')[2]
    assert cause_of("sms:smpp-0x0000000B").advice in blocked
    assert "100\u00a0% de 1, délai médian 30\u00a0s" in page
    assert "Temporal ne répond pas" in page
    assert "RecoveryFault%20%3D%20%27sms%3Asmpp-0x0000000B%27" in page
    assert "<html" not in fragment
    shares = await console_app.services.delivery_shares.of_last(timedelta(hours=1))
    assert [each.p95 for each in shares if each.gateway == "smpp"] == [timedelta(seconds=30)]


async def _register(console_app: ConsoleApp, database: Database) -> None:
    now = console_app.context.now
    journal = Journal(database, console_app.context.election, now)
    await GatewayStates(database, journal, now).register([NewGateway("smpp", Channel.SMS, 100)])


def _headline(page: str) -> str:
    """Return the sentence that says how it all is."""
    return page.partition('class="dashboard-headline__text">')[2].partition("<")[0]


def _row(workflow_id: str) -> dict[str, object]:
    return {
        "workflow_id": workflow_id,
        "link_id": "link",
        "send_number": 1,
        "stage": "Held",
        "since": func.now() - timedelta(hours=1),
        "channel": "sms",
        "hint": "•• 01",
        "begun_at": func.now() - timedelta(hours=1),
        "dies_at": func.now() + timedelta(hours=1),
        "fault": "sms:smpp-0x0000000B",
        "sends_left": 3,
        "changed_at": func.now(),
    }


def _message() -> dict[str, object]:
    return {
        "id": "message",
        "workflow_id": "code-de-vote/x",
        "delivery_id": "x",
        "channel": "sms",
        "gateway": "smpp",
        "started_at": func.now() - timedelta(seconds=31),
        "ended_at": func.now() - timedelta(seconds=1),
        "outcome": "delivered",
    }


async def test_the_hint_is_nowhere(console_app: ConsoleApp) -> None:
    """The masked destination is in the row, and not on the page."""
    async with console_app.signed_in() as browser:
        assert "•• 01" not in (await browser.get("/exploitation")).text


async def test_pages_and_checks_share_one_reading(
    monkeypatch: pytest.MonkeyPatch, console_app: ConsoleApp, now: Clock
) -> None:
    """With ten thousand failed sends each would take as long as the page."""
    read, readings = RecoveryOverview.read, list[None]()

    async def counted(overview: RecoveryOverview) -> Overview:
        readings.append(None)
        return await read(overview)

    monkeypatch.setattr(RecoveryOverview, "read", counted)
    board = Dashboard(console_app.services, console_app.context.client, "http://127.0.0.1:9", now)
    await asyncio.gather(*(board.current() for _ in range(3)))
    assert len(readings) == 1


async def test_a_send_is_held_until_its_link_expires(console_app: ConsoleApp, console_database: Database) -> None:
    """Each cause is counted; the one that has waited for the longest time is named, and is over with its link."""
    rows = [_row(_HELD), _row("code-de-vote/b/B45F-E11F-D6F9"), _row("code-de-vote/c/C45F-E11F-D6F9")]
    rows[1] |= {"since": func.now() - timedelta(hours=2), "fault": "email:smtp-550"}
    rows[2] |= {"since": func.now() - timedelta(hours=3), "dies_at": func.now() - timedelta(seconds=1)}
    async with console_database.writing() as connection:
        await connection.execute(delete(progress))
        for row in rows:
            await connection.execute(insert(progress).values(row))
    overview = await console_app.services.overview.read()
    assert {fault: sends.number for fault, sends in overview.held.items()} == {
        "email:smtp-550": 1,
        "sms:smpp-0x0000000B": 1,
    }
    assert overview.under_way == {Stage.HELD: 2}
    assert overview.oldest is not None
    assert overview.oldest.workflow_id == rows[1]["workflow_id"]


async def test_the_polling_page_does_not_keep_the_session_alive(
    console_app: ConsoleApp, console_database: Database
) -> None:
    """A dashboard that is left open ends with its session; the script then reloads, and the sign-in is shown."""
    async with console_app.signed_in() as browser:
        ago = {"last_seen_at": func.now() - timedelta(minutes=29)}
        async with console_database.writing() as connection:
            await connection.execute(update(operator_sessions).values(ago))
        assert (await browser.get("/exploitation/tableau")).status_code == 200
        async with console_database.reading() as connection:
            seen = (await connection.execute(operator_sessions.select())).all()
        assert all(row.last_seen_at < console_app.context.now() - timedelta(minutes=28) for row in seen)


class _SilentTemporal:
    async def count_workflows(self, _query: str, **_: object) -> WorkflowExecutionCount:
        await asyncio.Event().wait()
        raise AssertionError


async def test_the_dashboard_does_not_wait_for_what_temporal_counts(
    monkeypatch: pytest.MonkeyPatch, console_app: ConsoleApp, now: Clock
) -> None:
    """Its client goes on for ten seconds after an attempt has failed, and whoever looks would wait for it."""
    monkeypatch.setattr("console.dashboard.snapshot._READ_WITHIN", 0.01)
    monkeypatch.setattr("console.dashboard.snapshot.all_checks", lambda *_: {})
    board = Dashboard(console_app.services, cast("Client", _SilentTemporal()), "", now)
    async with asyncio.timeout(10):
        assert (await board.current()).stuck is None


async def test_a_check_that_hangs_ends(monkeypatch: pytest.MonkeyPatch, now: Clock) -> None:
    """The part does not answer; the others are told."""
    monkeypatch.setattr("console.dashboard.parts._TIMEOUT", 0.01)

    async def hangs() -> Finding:
        await asyncio.Event().wait()
        raise AssertionError

    async def answers() -> Finding:
        return Finding(State.WELL)

    first, second = await PartWatch({"a": hangs, "b": answers}, now).current()
    assert (first.state, second.state) == (State.FAILING, State.WELL)


async def test_a_part_has_its_state_since_it_changed(now: Clock) -> None:
    """What was there before this process looked is older than it can tell; later it is exact."""
    found = [Finding(State.WELL), Finding(State.WELL), Finding(State.FAILING), Finding(State.FAILING)]

    async def check() -> Finding:
        return found.pop(0)

    watch, parts = PartWatch({"a": check}, now), []
    for _ in range(4):
        parts += await watch.current()
        now.advance(timedelta(seconds=5))
    start = parts[0].since
    assert [(part.state, part.since - start, part.is_seen) for part in parts] == [
        (State.WELL, timedelta(0), False),
        (State.WELL, timedelta(0), False),
        (State.FAILING, timedelta(seconds=10), True),
        (State.FAILING, timedelta(seconds=10), True),
    ]


_SLOW = SlowGateway("smpp", 0.226, timedelta(minutes=5))
_WELL = Overview({}, None, {})


@pytest.mark.parametrize(
    ("state", "held", "slow", "kind", "said"),
    [
        (State.WELL, 0, [], "success", "Tout fonctionne"),
        (State.WELL, 2, [], "warning", "2\u00a0envois sont en échec"),
        (
            State.WELL,
            0,
            [_SLOW],
            "warning",
            "lentement depuis au moins 10\u00a0minutes par smpp\u00a0: 23\u00a0% mettent 5\u00a0min",
        ),
        (State.WELL, 1, [_SLOW], "warning", "5\u00a0min ou plus. Un envoi est en échec"),
        (State.FAILING, 2, [_SLOW], "error", "En panne"),
        (State.UNKNOWN, 0, None, "error", "En panne"),
    ],
)
def test_one_sentence_says_how_it_is(
    now: Clock, state: State, held: int, slow: list[SlowGateway] | None, kind: str, said: str
) -> None:
    """What does not work comes before what is slow, and that before what waits."""
    overview = Overview({Stage.HELD: held}, None, {"sms:x": HeldSends(held, now())} if held else {})
    part = Part("Temporal", state, "", now(), is_seen=True)
    found, sentence = dashboard.headline(Snapshot(now(), [part], overview, {}, {}, [], slow))
    assert (found, said in sentence) == (kind, True)
    assert faults(sentence) == []


@pytest.mark.parametrize(
    ("overview", "stuck", "said"),
    [
        (_WELL, [500, 1], "501\u00a0demandes n’avancent plus"),
        (_WELL, [0, 1], "Une demande n’avance plus"),
        (_WELL, None, "Temporal n’a pas dit à temps"),
        (None, [0, 0], "La base de données n’a pas dit à temps"),
        (None, [0, 2], "combien d’envois sont en échec. 2\u00a0demandes n’avancent plus"),
    ],
)
def test_nothing_is_said_to_be_well_that_stands_still_or_is_not_known(
    now: Clock, overview: Overview | None, stuck: list[int] | None, said: str
) -> None:
    """Although each part answers: what Temporal alone knows, and what could not be counted in time."""
    counted = None if stuck is None else [Stuck("dont une tâche échoue", each, "", "") for each in stuck]
    kind, sentence = dashboard.headline(Snapshot(now(), [], overview, {}, {}, counted, []))
    assert (kind, said in sentence) == ("warning", True)
    assert faults(sentence) == []


class _Silences:
    def __init__(self, silences: dict[str, timedelta]) -> None:
        self._silences = silences

    async def silences(self) -> dict[str, timedelta]:
        return self._silences


@pytest.mark.parametrize(
    ("silence", "state"),
    [
        (None, None),
        (timedelta(seconds=9), State.WELL),
        (timedelta(seconds=11), State.FAILING),
        (timedelta(days=2), None),
    ],
)
async def test_what_receives_reports_is_a_part_where_there_is_one(
    console_app: ConsoleApp, now: Clock, silence: timedelta | None, state: State | None
) -> None:
    """The webhook, the server of bounces, the import: silent since their last heartbeat, and no part where they were never started."""
    names = {
        WEBHOOK: "Accusés par HTTP",
        BOUNCES: "Retours de courriel par LMTP",
        ROLL: "Import de la liste",
    }
    heartbeat = cast("Heartbeat", _Silences({} if silence is None else dict.fromkeys(names, silence)))
    services, client = console_app.context.services, console_app.context.client
    checks = all_checks(replace(services, heartbeat=heartbeat), client, "", now)
    parts = await PartWatch({name: checks[name] for name in names.values()}, now).current()
    assert [part.state for part in parts] == ([] if state is None else [state] * 3)
    if state is State.FAILING:
        assert {part.since for part in parts} == {now() - timedelta(seconds=11)}


class _Gateways:
    def __init__(self, gateways: list[GatewayNow]) -> None:
        self._gateways = gateways

    async def current(self) -> list[GatewayNow]:
        return self._gateways


class _Postponed:
    async def postponed(self) -> dict[str, tuple[str, int]]:
        return {"smtp2": ("email:smtp-connect", 3)}


async def test_each_gateway_is_a_part(console_app: ConsoleApp, now: Clock) -> None:
    """What it fails with, what is decided of it and since when; one in reserve is not said to be out of order."""
    suspended_at = now() - timedelta(hours=3)
    gateways = [
        GatewayNow(Channel.SMS, GatewayState("smpp", 60, 60, now()), 9, 0, None),
        GatewayNow(Channel.SMS, GatewayState("brevo", 40, 40, now(), is_suspended=True), 0, 0, suspended_at),
        GatewayNow(Channel.SMS, GatewayState("twilio", 30, 50, now()), 9, 2, None),
        GatewayNow(Channel.SMS, GatewayState("ovh", 0, 50, now()), 0, 0, None),
        GatewayNow(Channel.EMAIL, GatewayState("smtp", 100, 100, now()), 2, 9, None),
        GatewayNow(Channel.EMAIL, GatewayState("smtp2", 0, 0, now()), 9, 0, None),
    ]
    found = await _found(console_app, now, gateways, {MESSAGING: timedelta(0), SMS_BOUND: timedelta(seconds=30)})
    assert [(name, each.state) for name, each in found.items()] == [
        ("SMS\u00a0: smpp", State.FAILING),
        ("SMS\u00a0: brevo", State.RESERVE),
        ("SMS\u00a0: twilio", State.WELL),
        ("SMS\u00a0: ovh", State.UNKNOWN),
        ("Courriel\u00a0: smtp", State.FAILING),
        ("Courriel\u00a0: smtp2", State.FAILING),
    ]
    assert found["SMS\u00a0: smpp"].began_at == now() - timedelta(seconds=30)
    assert found["SMS\u00a0: brevo"].began_at == suspended_at
    assert "d’ordinaire 50\u00a0%" in found["SMS\u00a0: twilio"].detail
    assert "(3 en attente)" in found["Courriel\u00a0: smtp2"].detail
    assert [fault for each in found.values() for fault in faults(each.detail)] == []


async def _found(
    console_app: ConsoleApp, now: Clock, gateways: list[GatewayNow], silences: dict[str, timedelta]
) -> dict[str, Finding]:
    found = await gateway_findings(_services(console_app, gateways, silences), now)
    assert isinstance(found, dict)
    return found


def _services(
    console_app: ConsoleApp, gateways: list[GatewayNow], silences: dict[str, timedelta]
) -> ConsoleServices:
    return replace(
        console_app.services,
        heartbeat=cast("Heartbeat", _Silences(silences)),
        gateways=cast("GatewayOverview", _Gateways(gateways)),
        failures=cast("Any", _Postponed()),
    )


async def test_an_outage_of_the_database_forgets_no_gateway(console_app: ConsoleApp, now: Clock) -> None:
    """Nobody knows its state meanwhile; afterwards one that is as before is so since before, and another one since now."""
    states = [(each, GatewayState(each, 100, 100, now())) for each in ("ovh", "brevo")]
    gateways, failing = (
        [GatewayNow(Channel.SMS, state, 9, errors if name == "brevo" else 0, None) for name, state in states]
        for errors in (0, 99)
    )
    there, back = (_services(console_app, each, {MESSAGING: timedelta(0)}) for each in (gateways, failing))
    database = Database("postgresql+psycopg://console@127.0.0.1:9/reassort")
    away = replace(there, gateways=GatewayOverview(database))
    readings = iter([there, there, away, away, back])
    watch, begun, seen = PartWatch({"Passerelles": lambda: gateway_findings(next(readings), now)}, now), now(), []
    for _ in range(5):
        seen.append([(each.name, each.state, each.since - begun) for each in await watch.current()])
        now.advance(timedelta(minutes=1))
    await database.close()
    ovh, brevo, minutes = "SMS\u00a0: ovh", "SMS\u00a0: brevo", [timedelta(minutes=each) for each in range(5)]
    well = [(ovh, State.WELL, minutes[0]), (brevo, State.WELL, minutes[0])]
    unknown = [(ovh, State.UNKNOWN, minutes[2]), (brevo, State.UNKNOWN, minutes[2])]
    assert seen == [well, well, unknown, unknown, [well[0], (brevo, State.FAILING, minutes[4])]]


_AWAY = Finding(State.UNKNOWN, "away", is_outage=True)


@pytest.mark.parametrize(
    ("found", "parts"),
    [
        ([None, _AWAY, None], [[], [], []]),
        ([_AWAY, Finding(State.WELL)], [[("a", State.UNKNOWN, False)], [("a", State.WELL, False)]]),
        ([_AWAY, {"b": Finding(State.WELL)}], [[("a", State.UNKNOWN, False)], [("b", State.WELL, False)]]),
    ],
)
async def test_an_outage_tells_nothing_of_what_was_not_seen_before(
    now: Clock, found: list[Any], parts: list[list[tuple[str, State, bool]]]
) -> None:
    """A part that an installation does not have does not appear; nobody saw one begin that was there before this process looked."""

    async def check() -> Any:
        return found.pop(0)

    watch = PartWatch({"a": check}, now)
    seen = [[(each.name, each.state, each.is_seen) for each in await watch.current()] for _ in list(found)]
    assert seen == parts


async def test_gateways_that_nobody_sends_by_are_no_reserve(console_app: ConsoleApp, now: Clock) -> None:
    """All of a channel are suspended, or no worker sends."""
    state = GatewayState("smpp", 100, 100, now(), is_suspended=True)
    relay = GatewayState("smtp", 100, 100, now())
    gateways = [
        GatewayNow(Channel.SMS, state, 0, 0, now()),
        GatewayNow(Channel.EMAIL, relay, 0, 0, None),
    ]
    found = await _found(console_app, now, gateways, {})
    assert [each.state for each in found.values()] == [State.FAILING, State.UNKNOWN]


def test_processes_that_ask_no_more_are_named(now: Clock) -> None:
    """Temporal remembers them for some minutes: with how long they have been silent."""
    asked_at = {"7@b": now(), "7@a": now() - timedelta(seconds=60), "7@c": now() - timedelta(minutes=3)}
    said = processes(asked_at, now())
    assert said == "2\u00a0processus\u00a0: 7@a, 7@b. Sans nouvelles de 7@c depuis 3\u00a0min."
    assert processes({}, now()) == ""


async def test_the_health_check_needs_the_database_alone(console_app: ConsoleApp) -> None:
    """Temporal and the workers are away, and the console serves its pages; Prometheus reads its metrics too."""
    transport = httpx2.ASGITransport(console_app.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://10.0.0.7:8001") as probe:
        for address in ("/livez", "/readyz", "/healthz", "/metrics"):
            assert (await probe.get(address)).status_code == 200
