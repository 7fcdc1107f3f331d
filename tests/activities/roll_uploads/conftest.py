"""The processes of uploads on each test's own database."""

import pytest

from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock
from tests.support.roll_uploads import RollUploadProcesses


@pytest.fixture
def processes(database: Database, keyed_hash: KeyedHash, election: Election, now: Clock) -> RollUploadProcesses:
    """The console's store, and the activities of the role `roll`."""
    return RollUploadProcesses(database, keyed_hash, election, now)
