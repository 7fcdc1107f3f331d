"""A request takes the language of its page along, for the messages that follow."""

import json
from collections.abc import Awaitable, Callable
from secrets import token_hex

import pytest
from temporalio.client import Client

from activities.security import sealed_display
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp
from web.clients.identifier import IdentifierRequest
from workflows.contracts.messages import SealedSecret

_Asks = Callable[[WebApp, Person], Awaitable[str]]


def _identifier_request(person: Person) -> IdentifierRequest:
    return IdentifierRequest(token_hex(16), person.numen, person.birth_date, f"+336{person.id[-8:]}", "••")


async def _voting_code(web_app: WebApp, person: Person) -> str:
    return (await web_app.voting_code_link(person)).workflow_id


async def _identifier(web_app: WebApp, person: Person) -> str:
    await web_app.context.identifier_client.submit(person.id, _identifier_request(person))
    return await web_app.context.identifier_client.workflow_id(person.id)


async def _identifier_without_sign_in(web_app: WebApp, person: Person) -> str:
    await web_app.context.identifier_client.submit_anonymously(_identifier_request(person))
    return await web_app.context.identifier_client.workflow_id(person.id)


async def _password(web_app: WebApp, person: Person) -> str:
    return (await web_app.password_link(person)).workflow_id


async def _identifier_and_password(web_app: WebApp, person: Person) -> str:
    return (await web_app.identifier_and_password_link(person)).workflow_id


async def _credentials(web_app: WebApp, person: Person) -> str:
    with web_app.context.languages.speaking("fr"):
        link = await web_app.identifier_and_password_link(person)
    key = sealed_display.public_key_of(sealed_display.new_seed())
    opened = await web_app.context.identifier_and_password_client.open_link(link, key, person.work_email)
    assert isinstance(opened, SealedSecret)
    return link.workflow_id


@pytest.mark.parametrize(
    ("asks", "message"),
    [
        (_voting_code, "send_link"),
        (_identifier, "send_identifier"),
        (_identifier_without_sign_in, "send_identifier"),
        (_password, "send_link"),
        (_identifier_and_password, "send_link"),
        (_credentials, "send_identifier"),
    ],
)
async def test_a_message_is_sent_in_the_language_of_the_page(
    web_app: WebApp, temporal: Client, asks: _Asks, message: str
) -> None:
    """It is in the order to the role that writes the message."""
    person = await web_app.new_elector()
    with web_app.context.languages.speaking("en"):
        recovery = await asks(web_app, person)

    async def ordered() -> dict[str, object] | None:
        history = await temporal.get_workflow_handle(recovery).fetch_history()
        scheduled = (each.activity_task_scheduled_event_attributes for each in history.events)
        orders = (each.input.payloads[0].data for each in scheduled if each.activity_type.name == message)
        return next(map(json.loads, orders), None)

    order = await until(ordered)
    assert order is not None
    assert order["language"] == "en"
