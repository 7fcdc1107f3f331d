"""A recovery's workflow id has its procedure in French, its subject and its reference, and no personal data."""

import pytest

from election.procedures import (
    Procedure,
    kind_of,
    objection_id_of,
    procedure_of,
    reference_in,
    reference_of,
    subject_of,
    workflow_id_of,
)

_SUBJECT = "a45fe11fd6f995227c637f7f34344c2c"
_REFERENCE = "A45F-E11F-D6F9"


@pytest.mark.parametrize("procedure", Procedure)
def test_procedure_and_subject_are_read_from_a_workflow_id(procedure: Procedure) -> None:
    """`procedure_of` and `subject_of` are inverses of `workflow_id_of`; the longest id fits its column."""
    for subject in (_SUBJECT, _SUBJECT * 2):
        workflow_id = workflow_id_of(procedure, subject)
        assert (procedure_of(workflow_id), subject_of(workflow_id)) == (procedure, subject)
        assert kind_of(workflow_id) == procedure
        assert len(workflow_id) <= 100


def test_a_workflow_id_begins_in_french_and_ends_in_the_reference() -> None:
    """As operators and voters read them."""
    assert workflow_id_of(Procedure.VOTING_CODE, _SUBJECT) == f"code-de-vote/95227c637f7f34344c2c/{_REFERENCE}"
    assert objection_id_of(_SUBJECT) == f"opposition/95227c637f7f34344c2c/{_REFERENCE}"
    assert reference_of(_SUBJECT) == _REFERENCE


def test_an_unknown_workflow_id_is_refused() -> None:
    """The id of a workflow that is not a recovery raises ValueError; its kind is its first part."""
    for other in ("hello/world", objection_id_of(_SUBJECT), "voting-code/a45f"):
        with pytest.raises(ValueError, match=other.partition("/")[0]):
            procedure_of(other)
    assert kind_of("envoi/2022/envoi-1") == "envoi"


@pytest.mark.parametrize(
    "typed",
    [
        _REFERENCE,
        "a45fe11fd6f9",
        " A45F e11f\u00a0D6F9 ",
        "a45f–e11f–d6f9",
        "A45F.ELIF.D6F9",
        workflow_id_of(Procedure.PASSWORD, _SUBJECT),
    ],
)
def test_a_reference_is_read_however_it_was_typed(typed: str) -> None:
    """In any case, with any separators; I and L are 1, as no other character of a reference looks like them."""
    assert reference_in(typed) == _REFERENCE


def test_the_letter_o_is_a_zero() -> None:
    """A reference has no letter O."""
    assert reference_in("O45F-E11F-D6OO") == "045F-E11F-D600"


@pytest.mark.parametrize(
    "typed", ["", "A45F-E11F-D6F", "A45F-E11F-D6F99", "K7M4Q-X4P9R", "camille.legoff@ac-demo.fr", "/"]
)
def test_what_is_no_reference_is_none(typed: str) -> None:
    """Too short, too long, a number of the support desk, an address."""
    assert reference_in(typed) is None
