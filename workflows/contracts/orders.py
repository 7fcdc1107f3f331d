"""Operators' orders: what they say, and how they are read. Fields are only added, each with a default.

The console signs its orders, with the name of whoever has signed in. An order without a signature was typed, in the Temporal
UI or on the command line: its name is what somebody typed, and the journal says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from temporalio.exceptions import ApplicationError

from activities.security.signed_orders import Order, is_from_console, is_recent
from election.text.numbers import written_decimal, written_number

_Order = TypeVar("_Order")
# What the console alone fills in: nobody is asked to type it.
_UNTYPED = {"bulk", "given_at", "signature"}
_LONGEST_CAUSE = 64  # what the outbox keeps


@dataclass(frozen=True)
class RetryRequest:
    """An operator's order to retry a failed send, by the `gateway` with that id if one is given.

    As part of an act on many recoveries it has the act's id (`bulk`): the recovery asks the database whether that is so.
    """

    act: ClassVar[str] = "retry_send"
    operator: str
    gateway: str = ""
    bulk: str = ""
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class CancelRequest:
    """An operator's order to cancel a recovery; the journal keeps the reason. `bulk` as of a `RetryRequest`."""

    act: ClassVar[str] = "cancel"
    operator: str
    reason: str = ""
    bulk: str = ""
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class ExtendRequest:
    """An operator's order to let the link of a recovery live for so many hours from now; the journal keeps the reason."""

    act: ClassVar[str] = "extend"
    operator: str
    hours: int = 24
    reason: str = ""
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Control:
    """An operator's order to an act on many recoveries, or to a mailing, that runs; `act` is the name of its update."""

    act: ClassVar[str]
    operator: str
    given_at: str = field(default="", kw_only=True)
    signature: str = field(default="", kw_only=True)


class Pause(Control):
    """Do nothing further for now."""

    act: ClassVar[str] = "pause"


class Resume(Control):
    """Go on."""

    act: ClassVar[str] = "resume"


class Stop(Control):
    """Do nothing further at all."""

    act: ClassVar[str] = "stop"


# By the name of the update.
CONTROLS: dict[str, type[Control]] = {each.act: each for each in (Pause, Resume, Stop)}


@dataclass(frozen=True)
class SetRate(Control):
    """Go on at another rate: so many recoveries, or mails, a second."""

    act: ClassVar[str] = "set_rate"
    per_second: float


@dataclass(frozen=True)
class Given:
    """Who has given an order and why, and whether the console has signed it; `gateway` is the chosen one, or empty."""

    operator: str = ""
    reason: str = ""
    is_verified: bool = False
    gateway: str = ""


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


def require_rate(per_second: float, lowest: float, highest: float, what: str) -> None:
    """Return if something can be done at this rate; `what` is done so often.

    Raises:
        ApplicationError: steps would last too long, or no deployment could keep the rate; the text names the limits.
    """
    if not lowest <= per_second <= highest:
        limits = rate_limits(lowest, highest)
        raise ApplicationError(f"Indiquez un rythme de {limits} {what} par seconde.", type="RateImpossible")


def rate_limits(lowest: float, highest: float) -> str:
    """Return the limits of a rate as they follow « de »: « 0,2 à 2 000 »."""
    return f"{written_decimal(lowest)} à {written_number(int(highest))}"


def require_cause(cause: str) -> None:
    """Return if mails can have failed for this cause: there are some whose cause is a code of that length.

    Raises:
        ApplicationError: no failure has such a cause, and the database would refuse to look for it.
    """
    if not (cause.isprintable() and 0 < len(cause) <= _LONGEST_CAUSE):
        raise ApplicationError("Indiquez une cause parmi celles des échecs de l’envoi.", type="CauseImpossible")


def require_genuine(public_key: str, workflow_id: str, order: Order, now: datetime) -> None:
    """Return if an order was typed, or is recent and the console has signed it; without a key nothing can be refused.

    Raises:
        ApplicationError: somebody else has signed it, or it is an old one that is given again.
    """
    if not is_verified(public_key, order):
        return
    if not is_from_console(public_key, workflow_id, order):
        raise ApplicationError(
            "Ordre refusé\u00a0: sa signature n’est pas celle de la console.", type="InvalidSignatureError"
        )
    if not is_recent(order, now):
        raise ApplicationError("Ordre périmé\u00a0: redonnez-le depuis la console.", type="OrderExpired")


def is_verified(public_key: str, order: Order) -> bool:
    """Return whether an order that `require_genuine` has let pass has the console's signature, and not a typed name alone."""
    return bool(public_key and order.signature)


def is_verified_at(public_key: str, workflow_id: str, order: Order, given_at: datetime) -> bool:
    """Return whether an order has the console's signature, and was recent when it was given: perhaps before the key was known."""
    return is_from_console(public_key, workflow_id, order) and is_recent(order, given_at)


def _types(kind: Any) -> dict[str, Any]:
    # JSON has one kind of number.
    return {field.name: int | float if field.type is float else field.type for field in fields(kind)}


def _malformed(kind: type) -> ApplicationError:
    expected = ", ".join(f'"{name}": …' for name in _types(kind) if name not in _UNTYPED)
    return ApplicationError(f"Ordre mal formé. Attendu\u00a0: {{{expected}}}", type="OrderMalformed")
