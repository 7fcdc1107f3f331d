"""The search attributes by which support staff filter workflows; Temporal never encrypts them: nothing personal here."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from workflows.contracts.messages import DATABASE_FAULT

STAGE = SearchAttributeKey.for_keyword("RecoveryStage")
PROCEDURE = SearchAttributeKey.for_keyword("RecoveryProcedure")
CHANNEL = SearchAttributeKey.for_keyword("RecoveryChannel")
FAULT = SearchAttributeKey.for_keyword("RecoveryFault")
REFERENCE = SearchAttributeKey.for_keyword("RecoveryReference")
ELECTION = SearchAttributeKey.for_keyword("Election")

ALL = (STAGE, PROCEDURE, CHANNEL, FAULT, REFERENCE, ELECTION)
# List filters for what only Temporal knows: recoveries of which a task fails, and those that a fault of the database holds up.
STUCK = "ExecutionStatus = 'Running' AND TemporalReportedProblems is not null"
HELD_UP = f"ExecutionStatus = 'Running' AND {FAULT.name} STARTS_WITH '{DATABASE_FAULT}'"
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


def at_start(procedure: str, election_id: str, reference: str = "") -> TypedSearchAttributes:
    """Return the search attributes of a new workflow; `reference` is that of a recovery, as voters read it."""
    pairs: list[SearchAttributePair[str]] = [
        SearchAttributePair(PROCEDURE, procedure),
        SearchAttributePair(ELECTION, election_id),
    ]
    if reference:
        pairs.append(SearchAttributePair(REFERENCE, reference))
    return TypedSearchAttributes(pairs)
