"""A recovery's workflow id contains its procedure and no personal data."""

import pytest

from election.procedures import Procedure, procedure_of, workflow_id_of


@pytest.mark.parametrize("procedure", Procedure)
def test_the_procedure_is_read_from_a_workflow_id(procedure: Procedure) -> None:
    """`procedure_of` is the inverse of `workflow_id_of`."""
    assert procedure_of(workflow_id_of(procedure, "930a24ecef2811e9")) is procedure


def test_an_unknown_workflow_id_is_refused() -> None:
    """The id of a workflow that is not a recovery raises ValueError."""
    with pytest.raises(ValueError, match="hello"):
        procedure_of("hello/world")
