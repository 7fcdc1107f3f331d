"""The stages of recoveries as operators read them, each with its list in the Temporal UI."""

from election.stages import Stage

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


def temporal_query(stage: Stage) -> str | None:
    """Return the filter that lists a stage in the Temporal UI, or None for one that Temporal does not know."""
    if stage not in _IN_TEMPORAL:
        return None
    status = "" if stage in ENDED else "ExecutionStatus = 'Running' AND "
    return f"{status}RecoveryStage = '{stage}'"
