"""Connects to Temporal, configured by the SDK's environment variables (`TEMPORAL_ADDRESS`, …)."""

from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig


class TemporalUnreachableError(Exception):
    """Raised when no Temporal server answers; the text names the address."""


async def connect(*interceptors: Interceptor, lazy: bool = False) -> Client:
    """Return a client of the Temporal server that the environment names; its workers have the interceptors too.

    A `lazy` client connects with its first call, for a process that works while Temporal is away.

    Raises:
        TemporalUnreachableError: no Temporal server answers at the address.
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    try:
        return await Client.connect(
            **config, data_converter=pydantic_data_converter, interceptors=interceptors, lazy=lazy
        )
    except RuntimeError as error:  # what the SDK raises when it cannot connect
        address = config.get("target_host")
        raise TemporalUnreachableError(
            f"No Temporal server answers at {address}: start it, or set TEMPORAL_ADDRESS"
        ) from error
