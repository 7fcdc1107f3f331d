"""The health checks tell apart: this process, what its pages need, and the whole system."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx2
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.store.database import Database
from activities.upkeep.heartbeat import BOUNCES, SMS_BOUND, WEBHOOK, Heartbeat
from demo.web.france_connect import FictionalFranceConnect
from tests.support.clock import Clock
from tests.support.france_connect import ACCOUNT, ISSUER, PARTY, SimulatedFranceConnect
from tests.support.web_app import WebApp
from web.__main__ import _check_provider
from web.app import create_app
from web.clients.recovery_warnings import RecoveryWarnings

if TYPE_CHECKING:
    from activities.progress.reader import ProgressReader

_EVERYBODY = ["recoveries", "messaging", SMS_BOUND]
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def ask(web_app: WebApp) -> Ask:
    """Ask the application, of which some parts are replaced."""

    async def answer(path: str, **parts: Any) -> tuple[int, dict[str, Any]]:
        app = create_app(replace(web_app.context, **parts))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://10.0.0.7") as probe:
            found = await probe.get(path)
        return found.status_code, found.json()

    return answer


@pytest_asyncio.fixture
async def unreachable(web_app: WebApp) -> AsyncIterator[object]:
    """The services, with a database that does not answer."""
    nowhere = Database("postgresql+psycopg://web@127.0.0.1:1/reassort")
    yield replace(web_app.context.services, heartbeat=Heartbeat(nowhere))
    await nowhere.close()


async def _never() -> bool:
    return False


async def test_a_process_that_answers_lives(ask: Ask, unreachable: object) -> None:
    """Whatever else is away: a restart would not mend it. Probes ask by the address of a container."""
    assert await ask("/livez", services=unreachable, temporal_answers=_never) == (200, {"status": "ok"})


async def test_pages_need_the_database_alone(ask: Ask, unreachable: object) -> None:
    """Without Temporal or workers a page says so itself; if the proxy took every web out, voters would read nothing."""
    assert await ask("/readyz", temporal_answers=_never) == (200, {"status": "ok", "faults": []})
    refusal = {"status": "failing", "faults": ["database: does not answer"]}
    assert await ask("/readyz", services=unreachable) == (503, refusal)


async def test_the_system_s_health_names_every_fault(ask: Ask, web_app: WebApp, unreachable: object) -> None:
    """503 with the reasons; 200 when everything works."""
    await web_app.services.heartbeat.beat(_EVERYBODY)
    assert await ask("/healthz", warnings=_no_warnings) == (200, {"status": "ok", "faults": [], "warnings": []})
    status, health = await ask("/healthz", services=unreachable, temporal_answers=_never)
    assert status == 503
    assert health["faults"] == ["database: does not answer", "temporal: does not answer"]


async def test_a_gateway_that_is_away_is_a_warning(ask: Ask, web_app: WebApp) -> None:
    """It is said, and the status stays 200: the system waits for it by itself."""
    silent = replace(web_app.context.services, heartbeat=cast("Heartbeat", _Silent(SMS_BOUND, WEBHOOK, BOUNCES)))
    status, health = await ask("/healthz", services=silent, warnings=_some_warnings)
    assert (status, health["faults"]) == (200, [])
    stopped = ["sms: the webhook takes no receipts", "email: no bounces are taken by LMTP"]
    assert health["warnings"] == ["sms: not bound to the operator", *stopped, "recoveries: 2 stuck"]


async def test_an_issuer_that_is_spelled_otherwise_is_named_in_both_spellings(
    ask: Ask, web_app: WebApp, tmp_path: Path
) -> None:
    """A slash at the end of the setting: in a line of the start, and in the warnings; the status stays 200."""
    provider = SimulatedFranceConnect(FictionalFranceConnect(tmp_path, ISSUER, PARTY, utc_now), utc_now)
    slash = OpenIdFranceConnect(replace(ACCOUNT, issuer=f"{ISSUER}/"), utc_now, provider.transport)
    with capture_logs() as logs:
        for client in (slash, provider.client):
            await _check_provider(replace(web_app.context, france_connect=client))
    [line] = logs
    assert (line["event"], line["log_level"]) == ("france_connect_settings", "error")
    await web_app.services.heartbeat.beat(_EVERYBODY)
    status, health = await ask("/healthz", warnings=_no_warnings, france_connect=slash)
    assert (status, health["warnings"]) == (200, [f"france_connect: {line['fault']}"])
    assert f" {ISSUER}/, " in line["fault"]
    assert line["fault"].endswith(f" {ISSUER}")
    assert (await ask("/healthz", warnings=_no_warnings, france_connect=provider.client))[1]["warnings"] == []


async def test_recoveries_that_need_somebody_are_counted(now: Clock) -> None:
    """Stuck, held up by the database; not judged, and waiting for a gateway, by their rows. Once in ten seconds."""
    temporal, rows = _Temporal({"TemporalReportedProblems": 2}), _Rows(["sms: 7 sends failing"])
    warnings = RecoveryWarnings(temporal.client, cast("ProgressReader", rows), now)
    for _ in range(3):
        assert await warnings.current() == ["recoveries: 2 stuck", "sms: 7 sends failing"]
        now.advance(timedelta(seconds=4))
    assert (len(temporal.asked), rows.asked) == (2, 1)
    temporal.counts.clear()
    rows.lines = []
    assert await warnings.current() == []


class _Rows:
    """Counts of rows."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.asked = 0

    async def warnings(self) -> list[str]:
        """Return the lines."""
        self.asked += 1
        return self.lines


class _Silent:
    """Heartbeats of which some are missing."""

    def __init__(self, *missing: str) -> None:
        self._missing = missing

    async def silent(self, roles: list[str]) -> list[str]:
        """Return those that are missing."""
        return [role for role in roles if role in self._missing]

    async def silences(self) -> dict[str, timedelta]:
        """Return a minute for each that is missing, and two days for one that this installation has no more."""
        return {"gone": timedelta(days=2), **dict.fromkeys(self._missing, timedelta(minutes=1))}


class _Temporal:
    """Counts workflows by a word of the query."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.asked: list[str] = []

    @property
    def client(self) -> Client:
        """The client, of which only the counting is used."""
        return cast("Client", self)

    async def count_workflows(self, query: str, *, rpc_timeout: timedelta) -> SimpleNamespace:
        """Return the number of a query."""
        assert rpc_timeout < timedelta(seconds=5)
        self.asked.append(query)
        return SimpleNamespace(count=next((number for word, number in self.counts.items() if word in query), 0))


async def _no_warnings() -> list[str]:
    return []


async def _some_warnings() -> list[str]:
    return ["recoveries: 2 stuck"]
