"""A recovery's id names its procedure, and nobody."""

import pytest

from election.procedures import Procedure, procedure_of, workflow_id_of


@pytest.mark.parametrize("procedure", Procedure)
def test_an_id_names_its_procedure(procedure: Procedure) -> None:
    """What is sent and shown is looked up by it."""
    assert procedure_of(workflow_id_of(procedure, "930a24ecef2811e9")) is procedure


def test_the_id_of_no_recovery_is_refused() -> None:
    """A workflow that is none of ours sends nothing in anybody's name."""
    with pytest.raises(ValueError, match="hello"):
        procedure_of("hello/world")
