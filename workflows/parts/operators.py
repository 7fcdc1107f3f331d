"""Reads operators' orders, which people type in Temporal's UI or in a command."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

_Order = TypeVar("_Order")


def read_order(kind: type[_Order], given: object) -> _Order:
    """Return the order that an input stands for. Handlers take any input, so that each refusal says what is wrong.

    Raises:
        ApplicationError: the operator's name is missing, or there are other fields than the order's; the text says so.
    """
    typed = given if isinstance(given, Mapping) else {}
    operator = typed.get("operator")
    require_name(operator if isinstance(operator, str) else "")
    try:
        order = kind(**typed)
    except TypeError:  # a field is missing, or one is unknown
        raise _malformed(kind) from None
    if not all(isinstance(getattr(order, name), expected) for name, expected in _types(kind).items()):
        raise _malformed(kind)
    return order


def require_name(operator: str) -> None:
    """Return if the operator's name is given: the journal keeps it.

    Raises:
        ApplicationError: the name is missing; the text says how to give it.
    """
    if not operator.strip():
        raise ApplicationError('Indiquez votre nom\u00a0: {"operator": "…"}', type="OperatorMissing")


def _types(kind: Any) -> dict[str, Any]:
    # JSON has one kind of number.
    return {field.name: int | float if field.type is float else field.type for field in fields(kind)}


def _malformed(kind: type) -> ApplicationError:
    expected = ", ".join(f'"{name}": …' for name in _types(kind))
    return ApplicationError(f"Ordre mal formé. Attendu\u00a0: {{{expected}}}", type="OrderMalformed")
