"""The page of a one-time link: HEAD requests, and a clock that differs from the worker's."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from activities.config.clock import utc_now
from activities.store.progress_table import progress
from activities.texts.dates import written_instant
from demo.client.voter import hidden_fields, shown_code
from election.stages import Stage
from tests.support.web_app import WebApp
from web.app import create_app


async def test_a_head_request_to_a_link_is_answered_with_200(web_app: WebApp) -> None:
    """Without a body, and the link stays live: some mail scanners hold back a mail whose link answers 405."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    async with web_app.browser() as scanner:
        head = await scanner.head(link)
        assert (head.status_code, head.content) == (200, b"")
        assert (await scanner.head("/lien/inconnu")).status_code == 404
        assert (await scanner.get(link)).status_code == 200


async def test_a_second_click_shows_the_code_whatever_became_of_the_first_answer(web_app: WebApp) -> None:
    """Its browser may not have read that answer's cookie yet, and shows the page of the last click alone; another one gets nothing."""
    link = web_app.link(await web_app.voting_code_link(await web_app.new_elector()))
    async with web_app.browser() as voter, web_app.browser() as other:
        form, others = [hidden_fields((await each.get(link)).text) for each in (voter, other)]
        code = shown_code((await voter.post(link, data=form)).text)
        voter.cookies.delete("affichage")
        assert shown_code((await voter.post(link, data=form)).text) == code is not None
        refused = await other.post(link, data=others)
    assert (refused.status_code, code and code in refused.text) == (410, False)


async def test_a_mangled_link_works_as_the_link(web_app: WebApp) -> None:
    """Its page, its button, and the address of the page that follows: those of the link as it was sent."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link = web_app.link(link_record)
    token = link.removeprefix("/lien/")
    async with web_app.browser() as voter:
        for end in (".", ",", ")", "%3E", "%20", "%C2%A0", "%0D%0A", "%253E", "%E2%80%8B"):
            assert (await voter.get(f"{link}{end}")).status_code == 200
        mangled = f"/lien/%3C{token[:9]}-%0D%0A{token[9:].upper()}%3E%20"
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await voter.get(mangled)).text)
        assert hidden
        shown = await voter.post(mangled, data={"csrf": hidden[1]})
        assert f'action="{link}/note"' in shown.text
        noted = await voter.post(f"{mangled}/note", data={"csrf": hidden[1]})
        assert noted.headers["location"] == f"{link}/note"
        assert (await voter.get(f"{link[:-1]}.")).status_code == 404


async def test_a_link_in_capitals_or_with_more_slashes_leads_to_the_link(web_app: WebApp) -> None:
    """Some mail servers write addresses in capitals, and some programs add a slash or what stands after it."""
    link = web_app.link(await web_app.voting_code_link(await web_app.new_elector()))
    async with web_app.browser() as voter:
        for mangled in (
            link.upper(),
            link.replace("l", "L", 1),
            f"{voter.base_url}/{link}",
            f"{link}/",
            f"{link}//",
            f"{link}/%3E",
            f"{link}/%20",
        ):
            led = await voter.get(mangled)
            assert led.status_code == 303
            assert (await voter.get(led.headers["location"])).status_code == 200
        assert (await voter.get("/lien")).status_code == 404
        assert (await voter.get("/LIEN/inconnu%0D%0Aa:b")).headers["location"] == "/lien/inconnu%0D%0Aa%3Ab"
        assert (await voter.get("/lien/inconnu")).status_code == 404


@pytest.mark.parametrize("ahead", [timedelta(minutes=-10), timedelta(minutes=10)])
async def test_a_wrong_clock_of_the_web_does_not_shorten_the_window(web_app: WebApp, ahead: timedelta) -> None:
    """After a click the code is shown for the whole window, whatever the time is on the web's machine."""
    person = await web_app.new_elector()
    link_record = await web_app.voting_code_link(person)
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    skewed = replace(web_app, app=create_app(replace(web_app.context, now=lambda: utc_now() + ahead)))
    async with skewed.browser() as voter:
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await voter.get(link)).text)
        assert hidden
        shown = await voter.post(link, data={"csrf": hidden[1]})
    assert shown.status_code == 200
    assert 'data-remaining="120"' in shown.text


@pytest.mark.parametrize(
    ("noted", "told"),
    [({"dies_at": utc_now() - timedelta(seconds=1)}, "Lien expiré"), ({"stage": Stage.CANCELLED}, "Lien annulé")],
)
async def test_a_link_whose_time_or_recovery_is_over_is_dead(
    web_app: WebApp, noted: dict[str, object], told: str
) -> None:
    """Its page and its button say so, and the button uses nothing up, though nobody has written an ending of the link itself."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link = web_app.link(link_record)
    async with web_app.browser() as voter:
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await voter.get(link)).text)
        assert hidden
        async with web_app.services.database.writing() as connection:
            over = update(progress).where(progress.c.workflow_id == link_record.workflow_id)
            await connection.execute(over.values(noted))
        for answer in (await voter.get(link), await voter.post(link, data={"csrf": hidden[1]})):
            assert answer.status_code == 410
            assert told in answer.text


async def test_a_link_says_until_when_it_can_be_opened_again(web_app: WebApp) -> None:
    """Once the receipt of its SMS has come, from which its lifetime is counted; before, only that it can be."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link, dies_at = web_app.link(link_record), utc_now() + timedelta(minutes=7)
    counted = update(progress).where(progress.c.workflow_id == link_record.workflow_id)
    until = f"rouvrez le lien avant le {written_instant(dies_at, web_app.context.election.zone)}."
    async with web_app.browser() as voter:
        for arrived, told in ((None, "rouvrez le lien un peu plus tard."), (utc_now(), until)):
            async with web_app.services.database.writing() as connection:
                await connection.execute(counted.values(dies_at=dies_at, delivered_at=arrived))
            assert told in (await voter.get(link)).text


async def test_the_link_of_a_password_says_until_when_it_can_be_opened_again(web_app: WebApp) -> None:
    """A mail has no receipt: its link's lifetime is known at once."""
    link_record = await web_app.password_link(await web_app.new_elector())
    async with web_app.browser() as voter:
        page = (await voter.get(web_app.link(link_record))).text
    assert re.search(r"rouvrez le lien avant le [a-zé]+ \d+", page)
