"""Operators' orders, which the console signs: recoveries and their worker verify them."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar

from activities.config.logs import scrubbed
from activities.security.signatures import Signed, SigningKey, is_signed

# Whoever may read Temporal's histories finds signed orders there: an old one must not be given again.
VALID_FOR = timedelta(minutes=10)
LONGEST_REASON = 200  # as the forms take it and the histories keep it


class Order(Protocol):
    """What an operator orders: a dataclass. `act` is what is done; `given_at` is when, in ISO 8601."""

    act: ClassVar[str]

    @property
    def given_at(self) -> str:
        """When the console signed it."""

    @property
    def signature(self) -> str:
        """The console's signature; empty for an order that was typed."""


OrderT = TypeVar("OrderT", bound=Order)


def signed(key: SigningKey, workflow_id: str, order: OrderT, now: datetime) -> OrderT:
    """Return an order to a workflow with the console's signature, valid from `now` for `VALID_FOR`.

    Temporal keeps it: nothing personal is left in its reason.
    """
    given: OrderT = replace(order, given_at=now.astimezone(UTC).isoformat(), **_reason(order))  # type: ignore[type-var] # each order is a dataclass
    signature = key.sign(Signed.ORDER, workflow_id, order.act, _content(given))
    return replace(given, signature=signature)  # type: ignore[type-var]


def is_from_console(public_key: str, workflow_id: str, order: Order) -> bool:
    """Return whether the console has signed an order, with this content and for this workflow."""
    return is_signed(public_key, order.signature, Signed.ORDER, workflow_id, order.act, _content(order))


def is_recent(order: Order, now: datetime) -> bool:
    """Return whether a signed order may still be given."""
    try:
        given_at = datetime.fromisoformat(order.given_at)
    except ValueError:
        return False
    return given_at.tzinfo is not None and abs(now - given_at) <= VALID_FOR


def _reason(order: object) -> dict[str, str]:
    """Return the reason of an order that has one, as it may be kept."""
    reason = getattr(order, "reason", "")
    return {"reason": scrubbed(reason.replace("\0", ""))} if reason else {}


def _content(order: Any) -> str:
    """Return every field but the signature that differs from its default: a field that is added later changes nothing."""
    signed_fields = [each for each in fields(order) if each.name != "signature"]
    given = {each.name: _as_read(each.type, getattr(order, each.name)) for each in signed_fields}
    defaults = {each.name: each.default for each in signed_fields}
    return json.dumps({name: value for name, value in given.items() if value != defaults[name]}, sort_keys=True)


def _as_read(kind: object, value: Any) -> Any:
    # A whole number that was given for another is read as 20.0 after its way through Temporal.
    return float(value) if kind is float else value
