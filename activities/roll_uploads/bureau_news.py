"""What the bureau is told when a second person has confirmed a file: who, of how many electors, by whose file."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from activities.roll_uploads.orders import DecisionOrder, UploadKind
from activities.roll_uploads.uploads import Upload
from activities.sending.bureau_desk import BureauNews, Deed
from election.text.numbers import written_number

# A typed change touches one elector: the bureau finds it in the journal.
_DEEDS = {
    UploadKind.ADD: Deed.ROLL_ADD,
    UploadKind.UPDATE: Deed.ROLL_UPDATE,
    UploadKind.REMOVE: Deed.ROLL_REMOVE,
}


@dataclass(frozen=True)
class TakenDecision:
    """Whether a decision is an import that is to be carried out now, and what the bureau is told of it, if anything."""

    is_import: bool
    news: BureauNews | None = None


def news_of(upload: Upload, order: DecisionOrder, addresses: int) -> BureauNews | None:
    """Return the news of a file that was confirmed, with the counts of its dry run, or None of a change of one elector."""
    if upload.kind not in _DEEDS:
        return None
    report = upload.report
    return BureauNews(
        secrets.token_hex(16),
        _DEEDS[upload.kind],
        order.operator,
        report.added + report.updated + report.removed,
        datetime.fromisoformat(order.given_at),
        addresses=addresses,
        details=f"{_counts(upload)}. Fichier déposé par {upload.operator}, SHA-256 {upload.file_hash}",
    )


def _counts(upload: Upload) -> str:
    report = upload.report
    counts = {"à ajouter": report.added, "à corriger": report.updated, "à retirer": report.removed}
    told = {label: number for label, number in counts.items() if number} | {"lignes refusées": report.refused}
    return ", ".join(f"{label}\u00a0: {written_number(number)}" for label, number in told.items())
