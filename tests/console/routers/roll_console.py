"""A console whose orders about the roll are carried out at once, without Temporal."""

from dataclasses import dataclass

from activities.store.database import Database
from tests.support.console_app import ConsoleApp
from tests.support.roll_uploads import InlineTemporal, RollUploadProcesses


@dataclass(frozen=True)
class RollConsole:
    """The console, its database, and what carries out its orders."""

    app: ConsoleApp
    database: Database
    temporal: InlineTemporal
    processes: RollUploadProcesses
