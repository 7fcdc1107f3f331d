"""The filters of the lists in the Temporal UI."""

import pytest

from console.presenters.bulk.failures import FilterFields

_HELD = "ExecutionStatus = 'Running' AND RecoveryStage = 'Held'"


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        (FilterFields(), ""),
        (FilterFields(cause="sms:smpp-timeout"), " AND RecoveryFault = 'sms:smpp-timeout'"),
        (FilterFields("email"), " AND RecoveryFault STARTS_WITH 'email:'"),
        (FilterFields("", "password", age="60"), " AND RecoveryProcedure = 'password'"),
        (FilterFields("fax", "x'", "sms:' OR 'a'='a"), ""),
        (FilterFields(cause="smpp-timeout"), ""),
    ],
)
def test_a_filter_of_failures_is_one_of_temporal_too(fields: FilterFields, more: str) -> None:
    """As far as Temporal can be asked for it; nothing else that was typed into an address gets into it."""
    assert fields.temporal_query == f"{_HELD}{more}"
