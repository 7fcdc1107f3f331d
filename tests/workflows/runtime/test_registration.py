"""Missing search attributes are registered."""

import asyncio

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from workflows.contracts.search_attributes import ALL, FAULT, KEYWORD
from workflows.runtime.registration import register_search_attributes


async def _known(client: Client) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    found = await client.operator_service.list_search_attributes(request)
    return dict(found.custom_attributes)


async def test_a_missing_attribute_is_registered_by_concurrent_workers(env: WorkflowEnvironment) -> None:
    """Two workers start at once on a server without one attribute: afterwards it has all."""
    lost = RemoveSearchAttributesRequest(namespace=env.client.namespace, search_attributes=[FAULT.name])
    await env.client.operator_service.remove_search_attributes(lost)
    assert FAULT.name not in await _known(env.client)
    await asyncio.gather(*(register_search_attributes(env.client) for _ in range(2)))
    known = await _known(env.client)
    assert {key.name: known[key.name] for key in ALL} == dict.fromkeys((key.name for key in ALL), KEYWORD)
