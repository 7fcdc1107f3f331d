"""Requests for another link that are refused add nothing to the history of the recovery."""

from temporalio.client import Client

from tests.support.web_app import WebApp

AGAIN = "/reassort/suivi/renvoyer"


async def test_asking_too_soon_leaves_no_trace_in_the_recovery(web_app: WebApp, temporal: Client) -> None:
    """The server takes 2,000 updates of one recovery, and the voter's click must be one of them."""
    voter = await web_app.new_elector()
    recovery = temporal.get_workflow_handle((await web_app.voting_code_link(voter)).workflow_id)
    tokens = await web_app.signed_in(voter)
    before = (await recovery.describe()).history_length
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answers = [await browser.post(AGAIN, data={"csrf": tokens.csrf}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {429}
    assert all("Vous pourrez en demander un autre" in answer.text for answer in answers)
    assert (await recovery.describe()).history_length == before


async def test_without_a_link_there_is_none_to_send_again(web_app: WebApp) -> None:
    """An elector without a recovery reads that there is nothing to send."""
    tokens = await web_app.signed_in(await web_app.new_elector())
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.post(AGAIN, data={"csrf": tokens.csrf})
    assert answer.status_code == 409
    assert "faites une nouvelle demande" in answer.text
