"""An order has the console's signature for one workflow, one act and one content, and for ten minutes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from activities.security.signed_orders import is_from_console, is_recent, signed
from tests.support.signing import CONSOLE, SOMEBODY, WEB
from workflows.contracts.orders import CancelRequest, RetryRequest, SetRate

NOW = datetime(2026, 12, 4, 12, tzinfo=UTC)
PUBLIC, WHERE = CONSOLE.public_key, "code-de-vote/camille"
ORDER = signed(CONSOLE, WHERE, CancelRequest("M. Roux", "demandé"), NOW)


def test_the_console_s_order_is_genuine() -> None:
    """As it was signed."""
    assert is_from_console(PUBLIC, WHERE, ORDER)


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (WHERE + "2", ORDER),
        (WHERE, replace(ORDER, operator="M. Rouge")),
        (WHERE, replace(ORDER, reason="")),
        (WHERE, replace(ORDER, given_at=(NOW + timedelta(days=1)).isoformat())),
        (WHERE, replace(ORDER, signature="")),
        (WHERE, replace(ORDER, signature="é")),
        (WHERE, RetryRequest(ORDER.operator, given_at=ORDER.given_at, signature=ORDER.signature)),
        (WHERE, signed(WEB, WHERE, CancelRequest("M. Roux", "demandé"), NOW)),
        (WHERE, signed(SOMEBODY, WHERE, CancelRequest("M. Roux", "demandé"), NOW)),
    ],
)
def test_a_changed_or_forged_order_is_not(where: str, order: CancelRequest | RetryRequest) -> None:
    """Another workflow, name, reason, instant or act, or another key."""
    assert not is_from_console(PUBLIC, where, order)


def test_a_field_that_is_added_later_does_not_change_the_signature() -> None:
    """While it has its default: a console and a worker of two releases understand each other."""

    @dataclass(frozen=True)
    class Newer:
        act: ClassVar[str] = "cancel"
        operator: str
        reason: str = ""
        priority: int = 0
        given_at: str = ""
        signature: str = ""

    newer = Newer(ORDER.operator, ORDER.reason, given_at=ORDER.given_at, signature=ORDER.signature)
    assert is_from_console(PUBLIC, WHERE, newer)
    assert not is_from_console(PUBLIC, WHERE, replace(newer, priority=1))


def test_nothing_personal_is_left_in_the_reason() -> None:
    """Whoever may read Temporal's histories reads it there; what is left is what is signed."""
    order = signed(
        CONSOLE, WHERE, CancelRequest("M. Roux", "demandé\0 par camille@exemple.fr, 06 39 98\0 12 34"), NOW
    )
    assert (order.reason, is_from_console(PUBLIC, WHERE, order)) == ("demandé par •••, •••", True)


def test_a_number_is_the_same_whole_or_not() -> None:
    """On its way through Temporal 30 becomes 30.0."""
    order = signed(CONSOLE, WHERE, SetRate("M. Roux", 30), NOW)
    assert is_from_console(PUBLIC, WHERE, replace(order, per_second=30.0))
    assert not is_from_console(PUBLIC, WHERE, replace(order, per_second=30.5))


@pytest.mark.parametrize(("minutes", "is_valid"), [(0, True), (10, True), (11, False), (-11, False)])
def test_an_order_is_valid_for_ten_minutes(minutes: int, is_valid: bool) -> None:
    """Clocks may differ as much: what was signed in the future is not valid either."""
    assert is_recent(ORDER, NOW + timedelta(minutes=minutes)) is is_valid


@pytest.mark.parametrize("given_at", ["", "hier", "2026-12-04T12:00:00", "2026-13-04T12:00:00+00:00"])
def test_an_order_without_an_instant_is_not_recent(given_at: str) -> None:
    """Nor one whose instant has no time zone."""
    assert not is_recent(replace(ORDER, given_at=given_at), NOW)
