"""The administration controls a running mailing from the console: its workflow obeys what the console has signed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy import insert
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from activities.outbox.rows import State
from activities.store.database import Database
from activities.store.mailing_tables import outbox
from activities.store.tables import electors
from demo.client.operators import ADMINISTRATION, csrf_of
from tests.console.routers.conftest import SignedIn
from tests.support.console_app import build_console_app, console_settings
from tests.support.elector_row import elector_row
from tests.support.waiting import until
from tests.support.web_app import open_election
from tests.workflows.scripted import mailing_scenarios as scenarios
from tests.workflows.scripted.mailing_activities import MailingOperator, ScriptedMailing
from tests.workflows.scripted.replaying import replayed
from workflows.contracts import options
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingEnding

_NAME = "Vera Garnier (v.garnier)"


@pytest_asyncio.fixture
async def administrator(
    env: WorkflowEnvironment, database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[SignedIn]:
    """The browser of the administration, at a console that reaches the workers of mailings."""
    election = open_election(tmp_path)
    app = build_console_app(console_settings(database_url), election, database, env.client, tmp_path)
    async with app.signed_in(ADMINISTRATION) as browser:
        yield SignedIn(browser, csrf_of((await browser.get("/exploitation")).text))


@pytest_asyncio.fixture
async def mailing(env: WorkflowEnvironment) -> AsyncIterator[MailingOperator]:
    """A mailing over 25 electors that is not started, and its worker."""
    operator = MailingOperator(env, ScriptedMailing(25), queue=options.MAILINGS, election="demo")
    async with operator.worker(), replayed(operator, Mailing):
        yield operator


async def test_a_mailing_is_started_and_controlled_from_its_page(
    administrator: SignedIn, mailing: MailingOperator
) -> None:
    """Paused, resumed, slowed and stopped: the workflow has done each, and knows that the console has signed it."""
    scripted, page = mailing.activities, f"/exploitation/envois/{mailing.order.name}"
    scripted.may_send.clear()
    begun = await administrator.send("/exploitation/envois", name=mailing.order.name, rate="20", confirmed="oui")
    assert (begun.status_code, begun.headers["location"]) == (303, page)
    await mailing.is_sending(1)
    assert (await administrator.send(f"{page}/suspendre")).status_code == 303
    assert (await mailing.progress()).is_paused
    assert "Reprendre" in await administrator.page(page)
    again = await administrator.send(f"{page}/suspendre")
    assert again.status_code == 409
    assert "L’envoi est déjà suspendu." in again.text
    assert (await administrator.send(f"{page}/reprendre")).status_code == 303
    for rate in ("vite", ""):
        refused = await administrator.send(f"{page}/debit", rate=rate)
        assert (refused.status_code, "Indiquez un rythme" in refused.text) == (422, True)
        assert not rate or f'value="{rate}"' in refused.text
    assert (await administrator.send(f"{page}/debit", rate="0,5")).status_code == 303
    shown = await mailing.progress()
    assert (shown.is_paused, shown.per_second) == (False, 0.5)
    assert "Arrêter l’envoi" in await administrator.page(f"{page}/arreter")
    assert (await administrator.send(f"{page}/arreter")).status_code == 303
    scripted.may_send.set()
    assert (await mailing.ends()).ending is MailingEnding.STOPPED
    orders = [(act.event, act.is_verified) for act in scripted.acts if act.who == _NAME]
    assert orders == [
        (Event.MAILING_BEGUN, True),
        (Event.MAILING_PAUSED, True),
        (Event.MAILING_RESUMED, True),
        (Event.MAILING_PACED, True),
        (Event.MAILING_STOPPED, True),
    ]
    late = await administrator.send(f"{page}/suspendre")
    assert "Cet envoi n’est pas en cours" in late.text


async def test_a_mailing_says_that_it_waits_for_a_worker(
    env: WorkflowEnvironment, administrator: SignedIn
) -> None:
    """In the list, and since when; the part of its page that renews itself has the buttons once a worker has begun it."""
    operator = MailingOperator(env, ScriptedMailing(25), queue=options.MAILINGS, election="demo")
    page = f"/exploitation/envois/{operator.order.name}"
    await administrator.page(page, 404)
    operator.activities.may_send.clear()
    begun = await administrator.send("/exploitation/envois", name=operator.order.name, rate="20", confirmed="oui")
    assert begun.headers["location"] == page

    async def is_listed() -> bool:
        return f'href="{page}"' in await administrator.page("/exploitation/envois")

    await until(is_listed)  # Temporal lists a workflow a moment after its start
    waiting = await administrator.page(page)
    assert "En attente d’un worker" in waiting
    assert "L’envoi a été commandé" in waiting
    assert "Suspendre" not in waiting
    async with operator.worker(), replayed(operator, Mailing):
        await operator.is_sending(1)
        assert f'action="{page}/suspendre"' in await administrator.page(f"{page}/avancement")
        assert (await administrator.send(f"{page}/suspendre")).status_code == 303
        assert f'action="{page}/reprendre"' in await administrator.page(f"{page}/avancement")
        assert (await administrator.send(f"{page}/arreter")).status_code == 303
        operator.activities.may_send.set()
        await operator.ends()
        assert "data-final" in await administrator.page(f"{page}/avancement")


async def test_failures_are_sent_again_from_the_page(administrator: SignedIn, mailing: MailingOperator) -> None:
    """The mailing has ended: it begins again for them, both orders signed."""
    await scenarios.incomplete(mailing)
    mailing.activities.refused = {}
    page = f"/exploitation/envois/{mailing.order.name}"
    assert (await administrator.send(f"{page}/renvoyer", cause="smtp-550", rate="20")).status_code == 303
    assert (await mailing.ends()).ending is MailingEnding.COMPLETE
    orders = [(act.event, act.is_verified) for act in mailing.activities.acts if act.who == _NAME]
    assert orders == [(Event.MAILING_BEGUN, True), (Event.MAILING_RETRIED, True)]


async def test_a_running_mailing_takes_failures_back_at_its_own_rate(
    administrator: SignedIn, mailing: MailingOperator, database: Database
) -> None:
    """No rate is asked for there: it would be that of a mailing that begins again, which is told before it does."""
    mailing.activities.may_send.clear()
    page = f"/exploitation/envois/{mailing.order.name}"
    await administrator.send("/exploitation/envois", name=mailing.order.name, rate="7,5", confirmed="oui")
    await mailing.is_sending(1)
    of = {"elector_id": f"{1:032d}", "mailing": mailing.order.name, "link_id": "link-1", "domain": "ac-lyon.fr"}
    async with database.writing() as connection:
        await connection.execute(insert(electors), [elector_row(1)])
        failed = {"state": State.FAILED, "cause": "smtp-550", "changed_at": utc_now()}
        await connection.execute(insert(outbox), [of | failed])
    asked = await administrator.page(f"{page}/renvoyer?cause=smtp-550")
    mailing.activities.may_send.set()
    await mailing.ends()
    assert "L’envoi en cours les reprend, à son rythme." in asked
    assert '<input type="hidden" name="rate" value="7,5">' in asked
    assert "Rythme, par seconde" not in asked
    # Pressed after the end: what was said is no longer so.
    late = await administrator.send(f"{page}/renvoyer", cause="smtp-550", rate="7,5", running="oui")
    assert late.status_code == 409
    assert all(told in late.text for told in ("s’est arrêté entre-temps", "recommence", "Rythme, par seconde"))
    assert [act.event for act in mailing.activities.acts if act.who == _NAME] == [Event.MAILING_BEGUN]
