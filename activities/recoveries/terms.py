"""What a worker brings to a recovery with its first judgement: the terms, which do not depend on who started the recovery."""

from collections.abc import Callable
from datetime import datetime

from election.procedures import Procedure
from election.proofs.kinds import Proof
from election.recovery_terms import PublicKeys, RecoveryTerms, takes_requests, terms_of
from election.settings import Election
from election.verdicts import Verdict


class Terms:
    """Takes the terms from the election's file and the public keys from the settings.

    They are not in the input of a recovery: whoever may write to Temporal may start one, with any input.
    """

    def __init__(self, election: Election, keys: PublicKeys, now: Callable[[], datetime]) -> None:
        self.keys = keys
        self._election = election
        self._now = now

    def of(self, procedure: Procedure, elector_id: str) -> RecoveryTerms:
        """Return the terms of an elector's recovery; `elector_id` was checked, or is empty."""
        return terms_of(self._election, procedure, elector_id, self.keys)

    def refusal(self, procedure: Procedure) -> Verdict | None:
        """Return CLOSED when the election does not take requests for this recovery now."""
        return None if takes_requests(self._election, procedure, self._now()) else Verdict.CLOSED

    def proof_refusal(self, proof: Proof) -> Verdict | None:
        """Return CLOSED when the election does not take requests for a voting code now, or not by this proof."""
        is_offered = self._election.voting_code_recovery.offers(proof)
        return self.refusal(Procedure.VOTING_CODE) if is_offered else Verdict.CLOSED
