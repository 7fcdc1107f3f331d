"""What every operator's order must carry."""

from temporalio.exceptions import ApplicationError


def require_name(operator: str) -> None:
    """Refuse an order that does not say who gives it: the journal keeps the operator's name.

    Raises:
        ApplicationError: the name is missing; the text says how to give it.
    """
    if not operator.strip():
        raise ApplicationError('Indiquez votre nom\u00a0: {"operator": "…"}', type="OperatorMissing")
