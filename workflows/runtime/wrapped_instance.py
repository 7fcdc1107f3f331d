"""A wrapper of a workflow instance that answers questions about payloads outside the sandbox."""

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import WorkflowInstance
from temporalio.workflow import Info


class WrappedInstance(WorkflowInstance):
    """Wraps one workflow instance, and knows the contexts of its payloads without it.

    The SDK asks for both contexts several times a payload, and each question runs a string of code inside the sandbox.
    Only a payload codec or external storage uses the answers, and we have neither.
    """

    def __init__(self, instance: WorkflowInstance) -> None:
        self._instance = instance

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Return the instance's completion."""
        return self._instance.activate(act)

    # `Any`: the SDK does not export the type of `command_info`.

    def get_serialization_context(self, command_info: Any) -> SerializationContext:  # noqa: ARG002 - the SDK's
        """Return the workflow's context, for payloads of activities and signals too."""
        info = self.get_info()
        return WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:  # noqa: ARG002 - the SDK's
        """Return no target: no payload is stored outside Temporal."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        """Return the instance's own."""
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        """Return the instance's own."""
        return self._instance.get_thread_id()
