"""The way to Temporal, by the SDK's own environment variables (`TEMPORAL_ADDRESS`, …)."""

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig


class TemporalUnreachableError(Exception):
    """Raised when no Temporal server answers; the text says where it was looked for."""


async def connect() -> Client:
    """Return a client of the Temporal server that the environment names.

    Raises:
        TemporalUnreachableError: nobody answers there, or not as a Temporal server.
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    try:
        return await Client.connect(**config, data_converter=pydantic_data_converter)
    except RuntimeError as error:  # what the SDK raises when it cannot connect
        address = config.get("target_host")
        raise TemporalUnreachableError(
            f"No Temporal server answers at {address}: start it, or set TEMPORAL_ADDRESS"
        ) from error
