"""An interceptor that lets no payload of a signal or update fail a workflow task.

The SDK passes what it has decoded to the handler: no argument at all, or None for `null`. The handler then raises, the
workflow task fails for ever, and with it every query, update and cancellation. So an update with arguments that its
handler does not take is refused, and such a signal is ignored and logged. What cannot be decoded into the handler's
type the SDK itself refuses (updates) or drops and logs (signals).
"""

from collections.abc import Sequence
from inspect import signature
from types import UnionType
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    HandleSignalInput,
    HandleUpdateInput,
    WorkflowInboundInterceptor,
)


class HandlerArguments(WorkflowInboundInterceptor):
    """Passes on the signals and updates whose arguments their handler takes; part of `runtime.sandbox.runner`."""

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 - the SDK's name
        """Run the handler, or ignore the signal."""
        if _takes(input.signal, input.args):
            await super().handle_signal(input)
        else:
            workflow.logger.warning("ignored the signal %s: its input is not what it takes", input.signal)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002 - the SDK's name
        """Refuse the update, or run its validator.

        Raises:
            ApplicationError: the handler does not take these arguments.
        """
        _require_arguments(input)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 - the SDK's name
        """Return the handler's result. An update without a validator is refused here.

        Raises:
            ApplicationError: the handler does not take these arguments.
        """
        _require_arguments(input)
        return await super().handle_update_handler(input)


def _require_arguments(update: HandleUpdateInput) -> None:
    if not _takes(update.update, update.args):
        raise ApplicationError(
            f"L’entrée donnée n’est pas celle de «\u00a0{update.update}\u00a0».", type="InputRefused"
        )


def _takes(name: str, arguments: Sequence[Any]) -> bool:
    """Return whether a handler takes these arguments: as many as it has parameters, each of its parameter's type.

    A handler has the name of its method: what the SDK returns for a handler has no signature.
    """
    handler = getattr(workflow.instance(), name, None)
    if handler is None:
        return False
    try:
        bound = signature(handler).bind(*arguments)
    except TypeError:
        return False
    return all(
        _is_of(value, bound.signature.parameters[name].annotation) for name, value in bound.arguments.items()
    )


def _is_of(value: object, annotation: object) -> bool:
    return not isinstance(annotation, type | UnionType) or isinstance(value, annotation)
