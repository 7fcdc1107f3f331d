"""Builds the import of uploaded rolls from settings, for the role `roll`; the others are built by `services.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from activities.config.clock import utc_now
from activities.config.settings import RollImportSettings, key_bytes
from activities.evidence.journal import Journal
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import LineReader
from activities.roll_import.load_roll import RollImport
from activities.roll_import.removal import RollRemoval
from activities.roll_import.writer import RollWriter
from activities.roll_uploads.elector_change import ElectorChanges
from activities.roll_uploads.importing import RollUploadActivities
from activities.roll_uploads.rows import UploadRows
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.role_box import RoleOpener
from activities.store.database import Database
from election.settings import Election


@dataclass(frozen=True)
class RollUploadServices:
    """The activities on uploads, and their rows."""

    uploads: RollUploadActivities
    rows: UploadRows

    @property
    def activities(self) -> list[Callable[..., object]]:
        """The activities for a worker to register."""
        return self.uploads.activities


def build_roll_uploads(settings: RollImportSettings, election: Election, database: Database) -> RollUploadServices:
    """Return what the role `roll` does with uploads."""
    keyed = KeyedHash(key_bytes(settings.pepper))
    journal = Journal(database, election, utc_now)
    rows = UploadRows(database, RoleOpener(key_bytes(settings.roll_key)), journal, utc_now)
    writer = RollWriter(database, keyed, FirstCredentials(database, keyed, SlowHash(keyed), utc_now), journal)
    reader = LineReader(election.work_mail_domains, election.voting_code, election.proof_datum)
    roll_import = RollImport(reader, writer, RollRemoval(database, keyed, journal))
    changes = ElectorChanges(database, keyed, reader, journal, rows)
    uploads = RollUploadActivities(
        rows, writer, roll_import, changes, settings.console_public_key, len(election.bureau.emails), utc_now
    )
    return RollUploadServices(uploads, rows)
