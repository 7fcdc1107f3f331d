"""A mailing's link: the database answers for it, and the recovery begins with the last click, whether a mailing runs or not."""

import asyncio
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlalchemy import update
from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.clock import utc_now
from activities.recoveries.links import LinkRecord, MailedLink
from activities.store.tables import links
from demo.client.voter import shown_password
from election.procedures import Procedure, workflow_id_of
from election.verdicts import LinkVerdict
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp
from tests.web.routers.identifier_and_password_steps import Steps, step_of

RECOVERY = Procedure.IDENTIFIER_AND_PASSWORD


async def mailed(web_app: WebApp, person: Person, dies_at: datetime | None = None) -> LinkRecord:
    """Return a link as a mailing makes it: there is a row, and no workflow."""
    services = web_app.services
    workflow_id = workflow_id_of(RECOVERY, services.roll.subject(person.work_email))
    link = MailedLink(workflow_id, f"mailed-{person.id}", person.id)
    dies_at = dies_at or web_app.context.election.calendar.links_expire
    async with services.database.writing() as connection:
        await services.links.register_mailed(connection, RECOVERY, [link], dies_at)
    return LinkRecord(workflow_id, link.link_id, LinkVerdict.LIVE)


async def has_recovery(temporal: Client, link_record: LinkRecord) -> bool:
    """Return whether Temporal knows the link's recovery."""
    try:
        await temporal.get_workflow_handle(link_record.workflow_id).describe()
    except RPCError:
        return False
    return True


async def test_the_recovery_begins_with_the_last_click(web_app: WebApp, temporal: Client) -> None:
    """Opening the link and proving who one is start nothing; then the password is on this screen alone, and works."""
    person = await web_app.new_elector()
    link_record = await mailed(web_app, person)
    async with web_app.browser() as browser, web_app.browser() as other:
        voter = Steps(browser, web_app.link(link_record), person)
        assert step_of(await voter.opens()) == "Étape 1 sur 3"
        assert (await voter.proves(numen="12A3456789BCD")).status_code == 422
        second = await voter.proves()
        assert step_of(second) == "Étape 2 sur 3"
        assert not await has_recovery(temporal, link_record)
        third = await voter.chooses(second)
        assert (third.status_code, step_of(third)) == (200, "Étape 3 sur 3")
        assert shown_password((await voter.opens()).text) == shown_password(third.text) is not None
        assert (await other.get(voter.link)).status_code == 410
    claimant = await web_app.services.roll.claimant(person.work_email)
    assert (await web_app.services.sign_in.check(claimant, str(shown_password(third.text)))).verdict == "accepted"
    found = await web_app.services.links.mailed(link_record.workflow_id, link_record.link_id)
    assert found is not None
    assert found.ending is LinkVerdict.USED


async def test_of_two_first_clicks_at_once_one_browser_wins(web_app: WebApp) -> None:
    """Both clicks of one browser show its password; another browser reads that the link is used."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser, web_app.browser() as other:
        link = web_app.link(await mailed(web_app, person))
        here, there = Steps(browser, link, person), Steps(other, link, person)
        second, elsewhere = await here.proves(), await there.proves()
        answers = await asyncio.gather(here.chooses(second), here.chooses(second), there.chooses(elsewhere))
        later = [await here.opens(), await there.opens()]
    shown = [shown_password(each.text) for each in (*answers, *later)]
    mine, others = [shown[index] for index in (0, 1, 3)], [shown[index] for index in (2, 4)]
    assert {len(set(mine)), len(set(others))} == {1}
    assert (mine[0] is None) is not (others[0] is None)


async def test_a_second_first_click_has_the_answer_of_the_first(web_app: WebApp) -> None:
    """In its browser, also before the database has the new password; another browser reads that one is being made."""
    person = await web_app.new_elector()
    link_record = await mailed(web_app, person)
    async with web_app.browser() as browser, web_app.browser() as other:
        link = web_app.link(link_record)
        here, there = Steps(browser, link, person), Steps(other, link, person)
        second, elsewhere = await here.proves(), await there.proves()
        password = shown_password((await here.chooses(second)).text)
        async with web_app.services.database.writing() as connection:
            mine = update(links).where(links.c.link_id == link_record.link_id)
            await connection.execute(mine.values(ending=None))
        assert shown_password((await here.chooses(second)).text) == password is not None
        assert "Un nouveau mot de passe est en préparation." in (await there.chooses(elsewhere)).text


async def test_a_voter_s_own_request_replaces_the_mailing_s_link(web_app: WebApp) -> None:
    """By elector, whatever link the mailing has sent; the page says so."""
    person = await web_app.new_elector()
    link_record = await mailed(web_app, person)
    await web_app.identifier_and_password_link(person)
    await until(lambda: _is_replaced(web_app, link_record))
    newest = str(await web_app.newest_link(link_record.workflow_id))
    own = LinkRecord(link_record.workflow_id, newest, LinkVerdict.LIVE)
    async with web_app.browser() as browser:
        page = await Steps(browser, web_app.link(link_record), person).opens()
        assert page.status_code == 410
        assert "remplacé" in page.text
        assert step_of(await Steps(browser, web_app.link(own), person).opens()) == "Étape 1 sur 3"


@pytest.mark.parametrize("is_open", [True, False], ids=["opened before", "opened after"])
async def test_a_link_that_has_died_is_said_to_have_expired(web_app: WebApp, *, is_open: bool) -> None:
    """410, whenever the page was opened: nobody has noted that ending anywhere."""
    person = await web_app.new_elector()
    dies_at = utc_now() + timedelta(days=1) if is_open else utc_now() - timedelta(seconds=1)
    link_record = await mailed(web_app, person, dies_at)
    async with web_app.browser() as browser:
        voter = Steps(browser, web_app.link(link_record), person)
        page = await (_chooses_late(web_app, voter, link_record) if is_open else voter.opens())
    assert page.status_code == 410
    assert "expiré" in page.text


async def _chooses_late(web_app: WebApp, voter: Steps, link_record: LinkRecord) -> httpx2.Response:
    second = await voter.proves()
    async with web_app.services.database.writing() as connection:
        await connection.execute(
            update(links).where(links.c.link_id == link_record.link_id).values(dies_at=utc_now())
        )
    return await voter.chooses(second)


async def _is_replaced(web_app: WebApp, link_record: LinkRecord) -> bool:
    found = await web_app.services.links.mailed(link_record.workflow_id, link_record.link_id)
    return found is not None and found.ending is LinkVerdict.REPLACED
