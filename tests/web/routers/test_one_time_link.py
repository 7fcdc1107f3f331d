"""A one-time link at the door: who asks with HEAD, and a clock that is not the worker's."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.config.clock import utc_now
from tests.support.web_app import WebApp
from web.app import create_app


async def test_a_scanner_that_asks_for_the_head_of_a_link_is_told_that_it_leads_somewhere(web_app: WebApp) -> None:
    """The link lives on, and no body is sent: some mail scanners take back a mail whose link answers 405."""
    place = await web_app.proven(await web_app.newcomer(31))
    link = f"/lien/{web_app.services.links.token(place.workflow_id, place.link_id)}"
    async with web_app.browser() as scanner:
        head = await scanner.head(link)
        assert (head.status_code, head.content) == (200, b"")
        assert (await scanner.head("/lien/inconnu")).status_code == 404
        assert (await scanner.get(link)).status_code == 200


@pytest.mark.parametrize("ahead", [timedelta(minutes=-10), timedelta(minutes=10)])
async def test_a_clock_that_goes_wrong_at_the_door_takes_no_second_off_the_window(
    web_app: WebApp, ahead: timedelta
) -> None:
    """Who has just clicked reads the code for all of the window, whatever the time is on the web's machine."""
    person = await web_app.newcomer(32 + (ahead > timedelta(0)))
    place = await web_app.proven(person)
    link = f"/lien/{web_app.services.links.token(place.workflow_id, place.link_id)}"
    skewed = replace(web_app, app=create_app(replace(web_app.context, now=lambda: utc_now() + ahead)))
    async with skewed.browser() as voter:
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await voter.get(link)).text)
        assert hidden
        shown = await voter.post(link, data={"csrf": hidden[1]})
    assert shown.status_code == 200
    assert 'data-remaining="120"' in shown.text
