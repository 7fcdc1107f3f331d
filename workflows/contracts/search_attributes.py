"""What support staff filter recoveries by; nothing personal, since these are never encrypted."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.common import SearchAttributeKey

STAGE = SearchAttributeKey.for_keyword("RecoveryStage")
PROCEDURE = SearchAttributeKey.for_keyword("RecoveryProcedure")
CHANNEL = SearchAttributeKey.for_keyword("RecoveryChannel")
FAULT = SearchAttributeKey.for_keyword("RecoveryFault")
ELECTION = SearchAttributeKey.for_keyword("Election")

ALL = (STAGE, PROCEDURE, CHANNEL, FAULT, ELECTION)
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
