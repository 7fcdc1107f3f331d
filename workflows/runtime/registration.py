"""Registers the search attributes on the Temporal server."""

from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.contracts import search_attributes


async def register_search_attributes(client: Client) -> None:
    """Register the attributes that the server does not have; workers may do this concurrently."""
    operator = client.operator_service
    existing = await operator.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    missing = [key.name for key in search_attributes.ALL if key.name not in existing.custom_attributes]
    if not missing:
        return
    wanted = dict.fromkeys(missing, search_attributes.KEYWORD)
    try:
        await operator.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
