"""What the pages of the roll say of an uploaded file: where it stands, what it would change, and how to mend its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.operators.roll_history import ImportedFile
from activities.roll_import.lines import Reason
from activities.roll_uploads.orders import KEPT, UploadKind, UploadState, is_same_person
from activities.roll_uploads.report import OTHER_CELLS, REPEATED, RefusedKind
from activities.roll_uploads.uploads import Upload
from election.text.numbers import written_decimal, written_number

KINDS = {
    UploadKind.ADD: "Ajouter",
    UploadKind.UPDATE: "Ajouter et corriger",
    UploadKind.REMOVE: "Retirer",
    UploadKind.CHANGE: "Modifier un électeur",
}
# Of the kinds of a file.
KIND_HINTS = {
    UploadKind.ADD: "Qui est déjà sur la liste n’est pas changé\u00a0: une ligne qui diffère est refusée.",
    UploadKind.UPDATE: "Corrige aussi les électeurs déjà présents\u00a0: nom, adresse professionnelle, NUMEN ou autre donnée.",
    UploadKind.REMOVE: "Retire de la liste les électeurs du fichier, sans retour. Il lui faut l’adresse et le NUMEN de chacun.",
}
_BADGES = {
    UploadState.RECEIVED: ("info", "Lecture en cours"),
    UploadState.CHECKED: ("new", "À confirmer"),
    UploadState.CONFIRMED: ("info", "Import en cours"),
    UploadState.IMPORTED: ("success", "Importé"),
    UploadState.REFUSED: ("error", "Refusé"),
    UploadState.FAILED: ("error", "Échec"),
    UploadState.ABANDONED: ("warning", "Abandonné"),
    UploadState.EXPIRED: ("warning", "Effacé après 24\u00a0heures"),
}
_SENTENCES = {
    UploadState.RECEIVED: "Le fichier est scellé. Un worker le lit et compare chaque ligne à la liste, sans rien changer.",
    UploadState.CHECKED: "Rien n’est changé. Une autre personne de l’administration confirme l’import, ou l’abandonne.",
    UploadState.CONFIRMED: "Le worker importe le fichier. Cette page peut être fermée.",
    UploadState.IMPORTED: "Le fichier est importé, puis effacé.",
    UploadState.REFUSED: "Le fichier ne peut pas être importé. Rien n’est changé, et il est effacé.",
    UploadState.FAILED: "L’import n’a pas pu aller à son terme. Le fichier est effacé.",
    UploadState.ABANDONED: "Rien n’est changé, et le fichier est effacé.",
    UploadState.EXPIRED: "Personne n’a confirmé à temps. Rien n’est changé, et le fichier est effacé.",
}
_SENTENCES_OF_CHANGE = {
    UploadState.RECEIVED: "La demande est scellée. Un worker la compare à la liste, sans rien changer.",
    UploadState.CHECKED: "Rien n’est changé. Une autre personne de l’administration tape la même modification, ou l’abandonne.",
    UploadState.CONFIRMED: "Le worker modifie la liste.",
    UploadState.IMPORTED: "L’électeur est modifié, et la demande effacée. Si son adresse a changé, ses sessions sont fermées\u202f; "
    "son mot de passe reste valable.",
    UploadState.REFUSED: "La modification n’est pas possible. Rien n’est changé, et la demande est effacée.",
    UploadState.FAILED: "La modification n’est plus possible. Rien n’est changé, et la demande est effacée.",
    UploadState.ABANDONED: "Rien n’est changé, et la demande est effacée.",
    UploadState.EXPIRED: "Personne n’a confirmé à temps. Rien n’est changé, et la demande est effacée.",
}
_REASONS = {
    Reason.CHANGED: "diffère de la liste électorale",
    Reason.ADDRESS_TAKEN: "appartient à un autre électeur, de NUMEN et de NIR différents",
}
_CELL = "Corrigez la cellule à la source, exportez la liste de nouveau, puis déposez-la."
_EXPORT = "Exportez la liste de nouveau depuis sa source, en «\u00a0CSV UTF-8\u00a0»."
_MENDS = {
    Reason.EMPTY: "Remplissez la cellule à la source, puis exportez de nouveau.",
    Reason.NO_VALUE: "Exportez avec des cellules vides à la place de ce mot.",
    Reason.LOST_ACCENTS: _EXPORT,
    Reason.NO_NAME: f"{_EXPORT} Ou corrigez le nom.",
    Reason.NO_WORK_DOMAIN: "Corrigez l’adresse, ou ajoutez son domaine à work_mail_domains du fichier de l’élection.",
    Reason.ROUNDED: "Donnez à la colonne le format Texte dans le tableur, et reprenez-la depuis sa source.",
    Reason.NO_DATE: "Donnez à la colonne le format jj/mm/aaaa\u202f; jours et mois y sont peut-être inversés.",
    Reason.DATE_NUMBER: "Donnez à la colonne le format jj/mm/aaaa, puis enregistrez de nouveau.",
    Reason.SHORT_YEAR: "Donnez à la colonne le format jj/mm/aaaa, puis enregistrez de nouveau.",
    Reason.NO_DATUM: "Corrigez la cellule, ou [proof_datum] du fichier de l’élection.",
    Reason.NOT_ASKED: "Retirez la colonne, ou décrivez la donnée dans [proof_datum] du fichier de l’élection.",
    Reason.CHANGED: "Pour corriger la liste, déposez le fichier avec «\u00a0Ajouter et corriger\u00a0».",
    Reason.NUMEN_TAKEN: "Vérifiez le NUMEN\u00a0: une autre personne de la liste l’a déjà.",
    Reason.ADDRESS_TAKEN: "L’adresse a changé de titulaire\u00a0: retirez d’abord l’ancien, par un fichier à «\u00a0Retirer\u00a0».",
    Reason.SAME_ELECTOR: "Gardez une seule des deux lignes.",
    Reason.NOT_ON_ROLL: "Vérifiez l’adresse et le NUMEN, ou ôtez la ligne\u00a0: la personne n’est peut-être plus sur la liste.",
    REPEATED: "Gardez une seule des deux lignes.",
    OTHER_CELLS: "Mettez entre guillemets la cellule qui contient un séparateur, ou exportez de nouveau.",
    "les guillemets sont mal placés ou mal fermés": "Doublez un guillemet qui est dans une cellule, ou exportez de nouveau.",
}


@dataclass(frozen=True)
class RefusalRow:
    """One kind of refusal: how many lines, which, why, and what to do."""

    column: str
    reason: str
    mend: str
    number: int
    lines: str


@dataclass(frozen=True)
class Figure:
    """A count with its label."""

    label: str
    number: int


@dataclass(frozen=True)
class UploadPage:
    """An upload as its page shows it; `done` is what the journal has of the import, `waits` whether its worker is away."""

    of: Upload
    url: str
    done: list[Figure]
    waits: bool

    @property
    def kind(self) -> str:
        """What it is to do."""
        return KINDS[self.of.kind]

    @property
    def removes(self) -> bool:
        """Whether it takes electors off the roll."""
        return self.of.kind is UploadKind.REMOVE

    @property
    def is_change(self) -> bool:
        """Whether it changes one elector, and is no file."""
        return self.of.kind is UploadKind.CHANGE

    @property
    def badge(self) -> tuple[str, str]:
        """Where it stands, with the kind of the badge."""
        if self.waits:
            return "warning", "En attente d’un worker"
        is_changed = self.is_change and self.of.state is UploadState.IMPORTED
        return ("success", "Modifié") if is_changed else _BADGES[self.of.state]

    @property
    def sentence(self) -> str:
        """Where it stands, in a sentence."""
        return (_SENTENCES_OF_CHANGE if self.is_change else _SENTENCES)[self.of.state]

    @property
    def size(self) -> str:
        """The size of the file."""
        return _size(self.of.size)

    @property
    def deleted_at(self) -> datetime:
        """When it is deleted if nobody decides."""
        return self.of.created_at + KEPT

    @property
    def counts(self) -> list[Figure]:
        """What the dry run has found."""
        return _counts(self.of)

    @property
    def changed(self) -> list[Figure]:
        """How many electors would be corrected, by column."""
        return [Figure(column, number) for column, number in self.of.report.changed.items()]

    @property
    def refusals(self) -> list[RefusalRow]:
        """Which lines are refused, the most frequent reason first."""
        return [_refusal(kind) for kind in self.of.report.refusals]

    @property
    def notes(self) -> list[str]:
        """What else is to be known of the file."""
        return _notes(self.of)


def upload_page(
    url: str, upload: Upload, history: Sequence[ImportedFile], *, is_worker_silent: bool
) -> UploadPage:
    """Return what the page of an upload shows."""
    waits = is_worker_silent and upload.state.is_moving
    return UploadPage(upload, f"{url}/{upload.id}", _done(upload, history), waits)


def is_uploader(upload: Upload, subject: str) -> bool:
    """Return whether somebody has uploaded a file, and so does not confirm it."""
    return is_same_person(upload.subject, subject)


def _counts(upload: Upload) -> list[Figure]:
    report = upload.report
    if not report.read or upload.kind is UploadKind.CHANGE:
        return []
    changes = (
        [Figure("à retirer", report.removed)]
        if upload.kind is UploadKind.REMOVE
        else [
            Figure("à ajouter", report.added),
            Figure("à corriger", report.updated),
            Figure("inchangés", report.unchanged),
        ]
    )
    return [Figure("lignes lues", report.read), *changes, Figure("lignes refusées", report.refused)]


def _done(upload: Upload, history: Sequence[ImportedFile]) -> list[Figure]:
    if upload.kind is UploadKind.CHANGE or upload.state not in {UploadState.IMPORTED, UploadState.FAILED}:
        return []
    removes = upload.kind is UploadKind.REMOVE
    counts: dict[str, int] = {}
    for each in history:
        if (each.file_hash, each.removes, each.confirmed_by) == (upload.file_hash, removes, upload.decided_by):
            counts = each.counts
    if removes:
        return [Figure("retirés", counts.get("removed", 0))]
    return [Figure("ajoutés", counts.get("added", 0)), Figure("corrigés", counts.get("updated", 0))]


def _refusal(kind: RefusedKind) -> RefusalRow:
    known = kind.reason if kind.reason not in set(Reason) else Reason(kind.reason)
    return RefusalRow(
        kind.column,
        _REASONS.get(known, kind.reason) if isinstance(known, Reason) else kind.reason,
        _MENDS.get(known, _CELL),
        kind.number,
        _lines(kind),
    )


def _lines(kind: RefusedKind) -> str:
    shown = [
        f"{line} (comme la ligne {kind.of[place]})" if place < len(kind.of) else str(line)
        for place, line in enumerate(kind.lines)
    ]
    more = kind.number - len(kind.lines)
    return ", ".join(shown) + (f" et {written_number(more)} autres" if more else "")


def _notes(upload: Upload) -> list[str]:
    report = upload.report
    notes = []
    if report.encoding not in {"", "UTF-8"}:
        notes.append(f"Encodage reconnu\u00a0: {report.encoding}. Vérifiez un nom accentué après l’import.")
    if report.ignored:
        notes.append(f"Colonnes qui ne sont pas lues\u00a0: {', '.join(report.ignored)}.")
    return notes


def _size(number: int) -> str:
    if number < 1000:  # noqa: PLR2004 - bytes
        return f"{number}\u00a0octets"
    unit, name = (1_000_000, "Mo") if number >= 1_000_000 else (1000, "ko")  # noqa: PLR2004 - bytes
    return f"{written_decimal(number / unit)}\u00a0{name}"
