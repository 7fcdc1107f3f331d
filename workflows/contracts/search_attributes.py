"""The search attributes by which support staff filter workflows; Temporal never encrypts them: nothing personal here."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from election.stages import Stage

STAGE = SearchAttributeKey.for_keyword("RecoveryStage")
PROCEDURE = SearchAttributeKey.for_keyword("RecoveryProcedure")
CHANNEL = SearchAttributeKey.for_keyword("RecoveryChannel")
FAULT = SearchAttributeKey.for_keyword("RecoveryFault")
ELECTION = SearchAttributeKey.for_keyword("Election")

ALL = (STAGE, PROCEDURE, CHANNEL, FAULT, ELECTION)
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


def at_start(procedure: str, election_id: str, stage: Stage | None = None) -> TypedSearchAttributes:
    """Return the search attributes of a new workflow; a workflow without stages passes no `stage`."""
    pairs: list[SearchAttributePair[str]] = [
        SearchAttributePair(PROCEDURE, procedure),
        SearchAttributePair(ELECTION, election_id),
    ]
    if stage is not None:
        pairs.append(SearchAttributePair(STAGE, stage))
    return TypedSearchAttributes(pairs)
