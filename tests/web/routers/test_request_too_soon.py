"""Within a minute of a link neither a new request nor a new send is taken."""

import asyncio
import re

from temporalio.client import Client

from demo.client.voter import VERIFICATION, Voter
from tests.support.code_request import voter_of
from tests.support.web_app import WebApp


async def _filled(voter: Voter) -> dict[str, str]:
    """Return the fields of the last page, with what comes before it filled in."""
    assert (await voter.fill_in()).headers["location"] == VERIFICATION
    return await voter.filled(VERIFICATION)


async def test_a_new_form_within_a_minute_reads_when_and_leaves_no_trace(
    web_app: WebApp, temporal: Client
) -> None:
    """The server takes 2,000 updates of one recovery; what was typed is no more lost than after another refusal."""
    voter = await web_app.new_elector()
    recovery = temporal.get_workflow_handle((await web_app.voting_code_link(voter)).workflow_id)
    tokens = await web_app.signed_in(voter)
    before = (await recovery.describe()).history_length
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        answers = [await voter_of(browser, voter).ask() for _ in range(3)]
    assert {answer.status_code for answer in answers} == {429}
    for answer in answers:
        seconds = re.search(r"Vous pourrez en demander un autre dans (\d+)\xa0secondes\.", answer.text)
        assert seconds
        assert 0 < int(seconds[1]) <= 60
        assert "06\u00a039\u00a098\u00a012\u00a034" in answer.text
    assert (await recovery.describe()).history_length == before


async def test_a_link_is_sent_again_only_after_a_minute(web_app: WebApp) -> None:
    """Before that, the page says from when on it is possible, and the first link is still the newest."""
    voter = await web_app.new_elector()
    link = await web_app.voting_code_link(voter)
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        refused = await browser.post("/reassort/suivi/renvoyer", data={"csrf": tokens.csrf})
    assert refused.status_code == 429
    assert "Nouveau lien non envoyé" in refused.text
    assert "Un lien vient de partir. Vous pourrez en demander un autre dans " in refused.text
    assert await web_app.newest_link(link.workflow_id) == link.link_id


async def test_the_same_form_sent_twice_is_the_same_request(web_app: WebApp) -> None:
    """At once, and again within the minute: each leads to the follow-up page, and one link is made."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        form = await _filled(voter_of(browser, voter))
        answers = await asyncio.gather(*(browser.post(VERIFICATION, data=form) for _ in range(2)))
        answers.append(await browser.post(VERIFICATION, data=form))
        again = await voter_of(browser, voter).ask()
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert again.status_code == 429


async def test_of_two_forms_at_once_one_is_taken(web_app: WebApp) -> None:
    """The other comes too soon."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        forms = [await _filled(voter_of(browser, voter)) for _ in range(2)]
        answers = await asyncio.gather(*(browser.post(VERIFICATION, data=form) for form in forms))
    assert sorted(answer.status_code for answer in answers) == [303, 429]
