"""Answers of activities that may come from somebody else's worker: whoever may write to Temporal may run one."""

from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue

_T = TypeVar("_T")


def read_answer(answer: RawValue, kind: type[_T]) -> _T | None:
    """Return an answer, or None if it is not of this kind: decoded by the SDK it would fail the workflow task for ever."""
    try:
        read = workflow.payload_converter().from_payload(answer.payload, kind)
    except Exception:  # noqa: BLE001 - the answer comes from outside, and a converter may raise anything
        return None
    return read if isinstance(read, kind) else None
