"""From the Temporal UI a link leads to a recovery's page in the console."""

from temporalio.client import Client

from tests.support.web_app import WebApp


async def test_a_recovery_that_the_web_starts_has_the_console_s_address(web_app: WebApp, temporal: Client) -> None:
    """Under the public address, with the reference; the UI shows the details as Markdown and opens links in another tab."""
    workflow_id = (await web_app.voting_code_link(await web_app.new_elector())).workflow_id
    details = await (await temporal.get_workflow_handle(workflow_id).describe()).static_details()
    page = f"{web_app.context.public_url}/exploitation/recherche?reference={workflow_id[-14:]}"
    assert details == f"[Ce réassort dans la console]({page})"
