"""The terms of a recovery as its workflow knows them: brought by a judgement."""

from election.recovery_terms import RecoveryTerms

_TIME_ZONE = "Europe/Paris"  # of the details in the Temporal UI until the terms are known


class AgreedTerms:
    """The terms that the worker brings with a judgement; nobody who starts a recovery chooses them."""

    def __init__(self) -> None:
        self._terms: RecoveryTerms | None = None

    @property
    def are_known(self) -> bool:
        """Whether a request was judged."""
        return self._terms is not None

    @property
    def time_zone(self) -> str:
        """The election's time zone."""
        return self._terms.time_zone if self._terms else _TIME_ZONE

    @property
    def elector_id(self) -> str:
        """Whom the recovery belongs to; empty when that is not known, or nobody on the roll."""
        return self._terms.elector_id if self._terms else ""

    def agree(self, terms: RecoveryTerms | None) -> None:
        """Keep the terms, unless there are earlier ones: a changed file does not change a running recovery."""
        self._terms = self._terms or terms

    def __call__(self) -> RecoveryTerms:
        """Return the terms.

        Raises:
            RuntimeError: no request was judged yet, so there is nothing that they could apply to.
        """
        if self._terms is None:
            raise RuntimeError("the terms are known from the first judgement on")
        return self._terms
