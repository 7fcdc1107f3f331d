"""Verifies the chain over the journal: finds what was changed, deleted or inserted since it was sealed."""

from datetime import datetime

from activities.evidence.chain.hashes import CLOSING_EVENT, Head, chain_hash, content_hash
from activities.evidence.chain.sealed_entries import SealedEntry
from election.text.numbers import written_number

_MOST_FAULTS = 20


class ChainVerifier:
    """Takes the sealed entries in order, and notes each fault; `noted` is a head that was written down earlier.

    Only a noted head shows that the end of the chain was cut off, or that all of it was written anew.
    """

    def __init__(self, now: datetime, noted: Head | None = None) -> None:
        self._now = now
        self._noted = noted
        self._found_noted = noted is None or not noted.position
        self.head = Head()
        self.purged = 0
        self.closed_at = 0
        self.faults: list[str] = []

    def add(self, entry: SealedEntry) -> None:
        """Verify one entry against its seal, and its seal against the chain."""
        seal, before = entry.seal, self.head
        if seal.position != before.position + 1:
            self.note(f"position {before.position + 1}\u00a0: le maillon manque")
        if seal.chain_hash != chain_hash(before.chain_hash, seal):
            self.note(f"position {seal.position}\u00a0: la chaîne est rompue")
        self._verify_content(entry)
        self.head = Head(seal.position, seal.chain_hash)
        if self.head == self._noted:
            self._found_noted = True

    def finish(self) -> None:
        """Verify that the chain contains the head that was noted."""
        if not self._found_noted:
            self.note(f"la tête notée ({self._noted}) n’est pas dans la chaîne")

    def note(self, fault: str) -> None:
        """Note a fault."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)
        elif len(self.faults) == _MOST_FAULTS:
            self.faults.append("d’autres anomalies ne sont pas listées")

    @property
    def report(self) -> str:
        """What was found, in French, one line each."""
        if self.faults:
            return "\n".join(["Journal altéré\u00a0:", *(f"- {fault}" for fault in self.faults)])
        number, purged = written_number(self.head.position), written_number(self.purged)
        lines = [
            f"Journal intact. Entrées\u00a0: {number}, dont purgées à leur terme\u00a0: {purged}.",
            f"Tête de la chaîne\u00a0: {self.head}",
        ]
        if self.closed_at:
            after = written_number(self.head.position - self.closed_at)
            lines.append(f"Clôture à la position {self.closed_at}. Entrées depuis\u00a0: {after}.")
        return "\n".join(lines)

    def _verify_content(self, entry: SealedEntry) -> None:
        seal, content = entry.seal, entry.content
        if content is None:
            self.purged += 1
            if seal.expires_at > self._now:
                self.note(f"entrée n°\u00a0{seal.number}\u00a0: supprimée avant son terme")
            return
        if content_hash(content) != seal.content_hash or content["number"] != seal.number:
            self.note(f"entrée n°\u00a0{seal.number}\u00a0: modifiée")
        if content["event"] == CLOSING_EVENT:
            self.closed_at = seal.position
