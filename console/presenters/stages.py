"""The stages of recoveries as operators read them, each with its list in the Temporal UI."""

import re

from election.procedures import Procedure
from election.stages import Channel, Stage

NAMES = {
    Stage.VERIFYING: "À vérifier",
    Stage.SENDING: "En cours d’envoi",
    Stage.SENT: "Envoyés, pas encore ouverts",
    Stage.LATE: "En retard",
    Stage.HELD: "En échec",
    Stage.OPENED: "Liens ouverts",
    Stage.DISPLAYING: "Secret affiché",
    Stage.REISSUED: "Réassorts faits",
    Stage.REFUSED: "Refusés",
    Stage.EXPIRED: "Expirés",
    Stage.CANCELLED: "Annulés",
}
# What an operator looks at first stands first.
UNDER_WAY = (Stage.HELD, Stage.LATE, Stage.SENDING, Stage.SENT, Stage.OPENED, Stage.DISPLAYING)
ENDED = (Stage.REISSUED, Stage.EXPIRED, Stage.REFUSED, Stage.CANCELLED)
# Temporal knows these stages; a recovery that goes its ordinary way has none there.
_IN_TEMPORAL = frozenset({Stage.LATE, Stage.HELD, *ENDED})
# As `fault_of` makes it: nothing else that was typed into an address gets into a filter.
_FAULT = re.compile(r"(sms|email):[\w.:-]{1,64}", re.ASCII)


def temporal_query(stage: Stage) -> str | None:
    """Return the filter that lists a stage in the Temporal UI, or None for one that Temporal does not know."""
    if stage not in _IN_TEMPORAL:
        return None
    status = "" if stage in ENDED else "ExecutionStatus = 'Running' AND "
    return f"{status}RecoveryStage = '{stage}'"


def held_query(fault: str = "", channel: str = "", procedure: Procedure | None = None) -> str:
    """Return the filter that lists failed sends in the Temporal UI: of a fault (`channel:reason`), a channel, a procedure.

    What Temporal cannot be asked for, as a reason without its channel, is left out: the list is longer then.
    """
    parts = [temporal_query(Stage.HELD) or ""]
    if _FAULT.fullmatch(fault):
        parts.append(f"RecoveryFault = '{fault}'")
    elif channel in set(Channel):
        parts.append(f"RecoveryFault STARTS_WITH '{channel}:'")
    if procedure is not None:
        parts.append(f"RecoveryProcedure = '{procedure}'")
    return " AND ".join(parts)
