"""A recovery's workflow id names its procedure, and no person."""

import pytest

from election.procedures import Procedure, procedure_of, workflow_id_of


@pytest.mark.parametrize("procedure", Procedure)
def test_an_id_names_its_procedure(procedure: Procedure) -> None:
    """Messages and pages are looked up by it."""
    assert procedure_of(workflow_id_of(procedure, "930a24ecef2811e9")) is procedure


def test_another_workflow_s_id_is_refused() -> None:
    """A workflow that is not a recovery sends nothing."""
    with pytest.raises(ValueError, match="hello"):
        procedure_of("hello/world")
