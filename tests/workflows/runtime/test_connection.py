"""The way to Temporal, by the SDK's own environment variables."""

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.waiting import free_port
from workflows.runtime.connection import TemporalUnreachableError, connect


async def test_the_environment_names_the_server(env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TEMPORAL_ADDRESS` is where the client goes."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    client = await connect()
    assert client.namespace == "default"
    assert client.data_converter == env.client.data_converter
    assert await client.service_client.check_health()


async def test_a_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a worker too early reads where it looked."""
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(TemporalUnreachableError, match=f"at {address}: start it"):
        await connect()
