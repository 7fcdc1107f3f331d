"""The validation of operators' requests."""

from temporalio.exceptions import ApplicationError


def require_name(operator: str) -> None:
    """Return if the operator's name is given: the journal keeps it.

    Raises:
        ApplicationError: the name is missing; the text says how to give it.
    """
    if not operator.strip():
        raise ApplicationError('Indiquez votre nom\u00a0: {"operator": "…"}', type="OperatorMissing")
