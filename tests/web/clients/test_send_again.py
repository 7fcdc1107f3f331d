"""Asking for a link again and again: refused without a trace, so that nobody can fill a recovery's history."""

from temporalio.client import Client

from tests.support.web_app import Porch

AGAIN = "/reassort/suivi/renvoyer"


async def test_asking_too_soon_leaves_no_trace_in_the_recovery(porch: Porch, temporal: Client) -> None:
    """The server takes 2,000 updates of one recovery, and the voter's own click must be one of them."""
    voter = await porch.newcomer(9)
    recovery = temporal.get_workflow_handle((await porch.proven(voter)).workflow_id)
    guest = await porch.signed_in(voter)
    before = (await recovery.describe()).history_length
    async with porch.browser(cookie=f"session={guest.cookie}") as browser:
        answers = [await browser.post(AGAIN, data={"csrf": guest.csrf}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {429}
    assert all("Vous pourrez en demander un autre" in answer.text for answer in answers)
    assert (await recovery.describe()).history_length == before


async def test_without_a_link_on_its_way_there_is_none_to_send_again(porch: Porch) -> None:
    """Who has asked for nothing is told so."""
    guest = await porch.signed_in(await porch.newcomer(10))
    async with porch.browser(cookie=f"session={guest.cookie}") as browser:
        answer = await browser.post(AGAIN, data={"csrf": guest.csrf})
    assert answer.status_code == 409
    assert "faites une nouvelle demande" in answer.text
