"""A request takes the language of its page along, for the messages that follow."""

import json

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.support.waiting import until
from tests.support.web_app import WebApp


async def test_the_link_of_a_voting_code_is_sent_in_the_language_of_the_page(
    web_app: WebApp, temporal: Client
) -> None:
    """It is in the order to the role that writes the message."""
    voter = await web_app.new_elector()
    with web_app.context.languages.speaking("en"):
        recovery = (await web_app.voting_code_link(voter)).workflow_id

    async def ordered() -> dict[str, object] | None:
        history = await temporal.get_workflow_handle(recovery).fetch_history()
        for event in history.events:
            scheduled = event.activity_task_scheduled_event_attributes
            if (
                event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
                and scheduled.activity_type.name == "send_link"
            ):
                order: dict[str, object] = json.loads(scheduled.input.payloads[0].data)
                return order
        return None

    await until(ordered)
    order = await ordered()
    assert order is not None
    assert order["language"] == "en"
