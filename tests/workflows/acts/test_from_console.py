"""An act on many recoveries is followed and controlled from its page in the console, also before a worker has begun it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.acts.bulk_order import BulkKind, BulkOrder
from activities.acts.bulk_orders import BulkOrders
from activities.config.clock import utc_now
from activities.evidence.journal import Journal
from activities.store.database import Database
from console.clients.bulk_orders import new_act_id
from demo.client.operators import OPERATEUR, csrf_of
from election.settings import Election
from tests.console.routers.conftest import SignedIn
from tests.support.console_app import build_console_app, console_settings
from tests.support.held_recoveries import Send, add_sends
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.waiting import until
from tests.support.web_app import open_election
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.starting import act_handle, signed_for_act, start_bulk_retry
from workflows.contracts import options
from workflows.runtime import sandbox

_ACTS = "/exploitation/actes"


@pytest.fixture
def election(tmp_path: Path) -> Election:
    """An election whose periods are open."""
    return open_election(tmp_path)


@pytest_asyncio.fixture
async def operator(
    env: WorkflowEnvironment, database: Database, database_url: str, election: Election, tmp_path: Path
) -> AsyncIterator[SignedIn]:
    """The browser of an operator, at a console that reaches the workers of acts."""
    app = build_console_app(console_settings(database_url), election, database, env.client, tmp_path)
    async with app.signed_in(OPERATEUR) as browser:
        yield SignedIn(browser, csrf_of((await browser.get("/exploitation")).text))


@pytest_asyncio.fixture
async def worker(env: WorkflowEnvironment, database: Database, election: Election) -> Worker:
    """A worker that begins acts and obeys orders to them; what they order waits for another."""
    orders = BulkOrders(database, Journal(database, election, utc_now), election, CONSOLE.public_key, utc_now)
    return Worker(
        env.client,
        task_queue=options.ACTS,
        workflows=[BulkRetry],
        activities=orders.activities,
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
    )


async def test_an_act_is_shown_and_obeys_once_a_worker_has_begun_it(
    env: WorkflowEnvironment, database: Database, operator: SignedIn, worker: Worker
) -> None:
    """Before, its page says since when it waits, as the list does, and an order is refused without being given.

    It loses none of its recoveries.
    """
    await add_sends(database, Send("sms:smpp-timeout", 1), Send("sms:smpp-timeout", 2))
    begun = await operator.send("/exploitation/echecs/relancer", tout="relancer", reason="opérateur rétabli")
    page = begun.headers["location"]

    async def waits_in_the_list() -> bool:
        return f'href="{page}">Relance en nombre\u00a0: ordre donné' in await operator.page(_ACTS)

    await until(waits_in_the_list)  # Temporal lists a workflow a moment after its start
    waiting = await operator.page(page)
    assert "<h1>Relance en nombre</h1>" in waiting
    assert "En attente d’un worker" in waiting
    assert "L’acte a été commandé" in waiting
    assert "Suspendre" not in waiting
    assert (await operator.http.get(f"{page}.json")).json()["state"] == "starting"
    early = await operator.send(f"{page}/arreter")
    assert early.status_code == 409
    assert "aucun worker n’a encore commencé cet acte" in early.text

    async def shows(text: str) -> bool:
        return text in await operator.page(f"{page}/avancement")

    async with worker:
        await until(lambda: shows(f'action="{page}/suspendre"'))
        assert not await waits_in_the_list()
        assert f'href="{page}">Relance en nombre' in await operator.page(_ACTS)
        assert await shows("Relance en nombre")
        assert await shows(f'action="{page}/debit"')
        refused = await operator.send(f"{page}/debit", rate="dix")
        assert (refused.status_code, 'value="dix"' in refused.text) == (422, True)
        assert (await operator.http.get(f"{page}.json")).json()["total"] == 2
        assert (await operator.send(f"{page}/suspendre")).status_code == 303
        assert await shows(f'action="{page}/reprendre"')
        assert not await shows("data-final")
        assert (await operator.send(f"{page}/arreter")).status_code == 303
        assert not await shows("Conduire")
        assert not await shows("data-final")  # what it has not ordered is not skipped yet
        await act_handle(env.client, page.removeprefix(f"{_ACTS}/")).terminate()


async def test_an_act_that_was_refused_does_not_seem_to_wait(
    env: WorkflowEnvironment, operator: SignedIn, worker: Worker
) -> None:
    """Somebody else than the console has signed it; and one that nobody has ordered has no page."""
    order = BulkOrder(new_act_id(), BulkKind.RETRY, "Dominique Exemple", reason="essai")
    page = f"{_ACTS}/{order.id}"
    await operator.page(page, 404)
    await start_bulk_retry(env.client, signed_for_act(SOMEBODY, order.id, order, utc_now()))

    async def is_refused() -> bool:
        return bool((await operator.http.get(f"{page}.json")).json()["state"] == "refused")

    async with worker:
        await until(is_refused)
    shown = await operator.page(page)
    assert "aucun réassort n’a été touché" in shown
    assert "data-final" in shown
