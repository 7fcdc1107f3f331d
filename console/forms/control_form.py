"""The buttons that control what runs: an act on many recoveries, or a mailing."""

from enum import StrEnum

from workflows.contracts.orders import Control, Pause, Resume, SetRate, Stop


class ControlButton(StrEnum):
    """What the button does; the value is the end of the address that it sends to."""

    PAUSE = "suspendre"
    RESUME = "reprendre"
    STOP = "arreter"
    RATE = "debit"


def order_of(button: ControlButton, operator: str, per_second: float) -> Control:
    """Return the order that a button gives in an operator's name; the rate is for `RATE` alone."""
    match button:
        case ControlButton.PAUSE:
            return Pause(operator)
        case ControlButton.RESUME:
            return Resume(operator)
        case ControlButton.STOP:
            return Stop(operator)
        case ControlButton.RATE:
            return SetRate(operator, per_second)
