"""The connection to Temporal, configured by the SDK's environment variables."""

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.waiting import free_port
from workflows.runtime.connection import TemporalUnreachableError, connect


async def test_the_environment_names_the_server(env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client connects to `TEMPORAL_ADDRESS`."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    client = await connect()
    assert client.namespace == "default"
    assert client.data_converter == env.client.data_converter
    assert await client.service_client.check_health()


async def test_a_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the address and says what to do."""
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(TemporalUnreachableError, match=f"at {address}: start it"):
        await connect()
