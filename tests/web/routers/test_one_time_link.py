"""The page of a one-time link: HEAD requests, and a clock that differs from the worker's."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.config.clock import utc_now
from tests.support.web_app import WebApp
from web.app import create_app


async def test_a_head_request_to_a_link_is_answered_with_200(web_app: WebApp) -> None:
    """Without a body, and the link stays live: some mail scanners hold back a mail whose link answers 405."""
    link_record = await web_app.voting_code_link(await web_app.new_elector(31))
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    async with web_app.browser() as scanner:
        head = await scanner.head(link)
        assert (head.status_code, head.content) == (200, b"")
        assert (await scanner.head("/lien/inconnu")).status_code == 404
        assert (await scanner.get(link)).status_code == 200


@pytest.mark.parametrize("ahead", [timedelta(minutes=-10), timedelta(minutes=10)])
async def test_a_wrong_clock_of_the_web_does_not_shorten_the_window(web_app: WebApp, ahead: timedelta) -> None:
    """After a click the code is shown for the whole window, whatever the time is on the web's machine."""
    person = await web_app.new_elector(32 + (ahead > timedelta(0)))
    link_record = await web_app.voting_code_link(person)
    link = f"/lien/{web_app.services.links.token(link_record.workflow_id, link_record.link_id)}"
    skewed = replace(web_app, app=create_app(replace(web_app.context, now=lambda: utc_now() + ahead)))
    async with skewed.browser() as voter:
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await voter.get(link)).text)
        assert hidden
        shown = await voter.post(link, data={"csrf": hidden[1]})
    assert shown.status_code == 200
    assert 'data-remaining="120"' in shown.text
