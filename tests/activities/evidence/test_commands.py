"""The commands on the evidence: close, check, export, verify and destroy, as docs/operations.md types them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Entry, Event, Journal
from activities.security.signatures import SigningKey
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from activities.store.tables import journal as table
from activities.store.tables import messages
from election.settings import load
from tests.conftest import PostgresServer
from tests.support.clock import Clock
from tests.support.commands import run_command
from tests.support.database_dump import rows

_ROOT = Path(__file__).parents[3]
_KEY = "0f" * 32


class Commands:
    """Runs commands on the evidence of one database, in an election that was moved to some year."""

    def __init__(self, url: str, election: Path) -> None:
        self._variables = {
            "REASSORT_DATABASE_URL": url,
            "REASSORT_ELECTION": str(election),
            "REASSORT_EVIDENCE_KEY": _KEY,
        }

    def run(self, name: str, *words: str, status: int = 0, bare: bool = False) -> str:
        """Return what a command prints, once it has ended with a status; `bare` runs it without our variables."""
        variables = {} if bare else self._variables
        done = run_command(f"activities.evidence.{name}", *words, variables=variables, bare=True)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    @property
    def public_key(self) -> str:
        """The key that verifies an export."""
        return self.run("export", "--public-key").strip()


def _moved_to(year: int, folder: Path) -> Path:
    moved = folder / "election.toml"
    moved.write_text((_ROOT / "election" / "demo.toml").read_text().replace("2026-", f"{year}-"))
    return moved


@pytest.fixture
def commands(database_url: str, tmp_path: Path) -> Commands:
    """The commands, in an election of 2020."""
    return Commands(database_url, _moved_to(2020, tmp_path))


async def _evidence(database: Database, election: Path, now: Clock) -> None:
    journal = Journal(database, load(election), now)
    async with database.writing() as connection:
        await journal.record(connection, Entry("one", Event.REQUEST_ACCEPTED, "elector", "w", "sms", "accepted"))
        await journal.record(
            connection, Entry("access:1", Event.SIGN_IN_REFUSED, "subject", "", "", "wrong_proof")
        )
    await Ledger(database, journal, now).begin(Outgoing("message", "w", "link", "sms", "smpp", "RE"))
    await Sealing(database, now).seal()


async def test_the_journal_is_closed_and_checked_with_the_noted_head(
    database: Database, commands: Commands, tmp_path: Path, now: Clock
) -> None:
    """The head of the close is that of the figures; what is written later is counted, and a change is found."""
    election = tmp_path / "election.toml"
    await _evidence(database, election, now)
    closed = commands.run("close", "--operator", "m.durand")
    head = closed.split()[-1]
    assert head.startswith("3:")
    assert commands.run("figures").splitlines()[-1] == head
    async with database.writing() as connection:
        later = Entry("later", Event.CODE_REISSUED, "elector", "w")
        await Journal(database, load(election), now).record(connection, later)
    await Sealing(database, now).seal()
    report = commands.run("check", "--head", head)
    assert "Journal intact. Entrées\u00a0: 4" in report
    assert "Clôture à la position 3. Entrées depuis\u00a0: 1." in report
    commands.run("check", "--head", f"3:{'0' * 64}", status=1)
    commands.run("check", "--head", "3:short", status=2)


async def test_an_export_is_verified_with_the_file_and_the_public_key_alone(
    database: Database, commands: Commands, tmp_path: Path, now: Clock
) -> None:
    """A changed figure, a changed line, another key and another file are each refused."""
    await _evidence(database, tmp_path / "election.toml", now)
    archive, key = tmp_path / "preuve.zip", commands.public_key
    head = commands.run("export", str(archive)).splitlines()[0].split()[-1]
    verified = commands.run("verify", str(archive), "--public-key", key, "--head", head, bare=True)
    assert "Journal intact. Entrées\u00a0: 2" in verified
    with ZipFile(archive) as opened:
        names = set(opened.namelist())
        assert b"voting_code:request:accepted;sms;accepted;1" in opened.read("demandes.csv")
        wordings = [line.split(";", 1) for line in opened.read("formulations.csv").decode().splitlines()[1:]]
    assert all(sha256(sentence.encode()).hexdigest() == each for each, sentence in wordings)
    assert {"En", "By"} == {sentence[:2] for _, sentence in wordings}
    assert {"journal.jsonl", "demandes.csv", "acces.csv", "envois.csv", "chaine.csv", "formulations.csv"} < names
    other = SigningKey(b"another evidence key of 32 bytes").public_key
    assert "la signature" in commands.run("verify", str(archive), "--public-key", other, status=1, bare=True)
    for name, old, new in (
        ("envois.csv", b"smpp", b"othr"),
        ("journal.jsonl", b'"wrong_proof"', b'"accepted"'),
        ("manifeste.json", b'"version"', b'"Version"'),
    ):
        changed = _changed(archive, name, old, new)
        commands.run("verify", str(changed), "--public-key", key, status=1, bare=True)
    commands.run("verify", str(tmp_path / "election.toml"), "--public-key", key, status=2, bare=True)
    assert "44 caractères" in commands.run("verify", str(archive), "--public-key", key[:-4], status=2, bare=True)
    with ZipFile(archive, "a") as twice, pytest.warns(UserWarning, match="Duplicate name"):
        twice.writestr("envois.csv", "procedure,channel\n")
    assert "deux fichiers du même nom" in commands.run(
        "verify", str(archive), "--public-key", key, status=2, bare=True
    )


def _changed(archive: Path, name: str, old: bytes, new: bytes) -> Path:
    changed = archive.with_name("changed.zip")
    with ZipFile(archive) as source, ZipFile(changed, "w") as target:
        for each in source.namelist():
            content = source.read(each)
            assert each != name or old in content
            target.writestr(each, content.replace(old, new) if each == name else content)
    return changed


async def test_the_evidence_is_destroyed_once_its_two_years_are_over(
    database: Database, commands: Commands, tmp_path: Path
) -> None:
    """The chain of what is gone stays intact, and the journal says who destroyed how much."""
    await _evidence(database, tmp_path / "election.toml", Clock(datetime(2020, 12, 3, tzinfo=UTC)))
    commands.run("destroy", "--operator", "m.durand", status=2)
    commands.run("destroy", "--operator", " ", "--no-litigation", status=2)
    printed = commands.run("destroy", "--operator", "m.durand", "--no-litigation")
    assert "2 entrées du journal, 1 envois" in printed
    [entry] = await rows(database, table)
    kept = (entry["event"], entry["actor"], entry["outcome"], entry["detail"])
    assert kept == ("operator:evidence:destroyed", "m.durand", "2 entries", "1 messages")
    assert entry["expires_at"] > datetime.now(UTC) + timedelta(days=700)
    assert await rows(database, messages) == []
    report = commands.run("check", "--head", printed.split()[-1])
    assert "Entrées\u00a0: 3, dont purgées à leur terme\u00a0: 2." in report


async def test_nothing_is_destroyed_before_its_time(database: Database, database_url: str, tmp_path: Path) -> None:
    """The command says until when the evidence is kept."""
    election = _moved_to(2060, tmp_path)
    await _evidence(database, election, Clock())
    refused = Commands(database_url, election).run("destroy", "--operator", "m", "--no-litigation", status=2)
    assert "2062" in refused
    assert len(await rows(database, table)) == 2
    assert len(await rows(database, messages)) == 1


_VERIFY = ("verify", "preuve.zip", "--public-key", f"{'A' * 43}=")


@pytest.mark.parametrize(
    ("command", "head"),
    [
        *((("check",), head) for head in ("3:HASH", "3", f"x:{'0' * 64}", f"3:{'0' * 63}", "")),
        (_VERIFY, "3:HASH"),
    ],
)
def test_a_head_that_is_none_is_told_in_words(command: tuple[str, ...], head: str) -> None:
    """The line says what a head is made of, and who prints it."""
    done = run_command(f"activities.evidence.{command[0]}", *command[1:], "--head", head, bare=True)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "a head is the position, a colon and the hash of 64 hexadecimal characters" in said


@pytest.fixture(scope="module")
def never_migrated(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database without tables, which the commands only read."""
    url = postgres_server.make()
    yield url
    postgres_server.drop(url)


@pytest.mark.parametrize(
    "command",
    [
        ("evidence.check",),
        ("evidence.figures",),
        ("evidence.export", "{folder}/preuve.zip"),
        ("evidence.close", "--operator", "A. Martin"),
        ("evidence.destroy", "--operator", "A. Martin", "--no-litigation"),
        ("upkeep.unlock_sign_in", "--operator", "A. Martin"),
        ("upkeep.unlock_sign_in", "--operator", "A. Martin", "--all"),
        ("upkeep.allow_reissues", "--operator", "A. Martin"),
        ("upkeep.elector_requests", "unlock", "--operator", "A. Martin"),
        ("accounts.verify_record", "--at", "2026-12-05T14:32:07+01:00", "--code", "ABCD"),
    ],
    ids=" ".join,
)
def test_a_database_that_was_not_migrated_is_told_in_one_line(
    command: tuple[str, ...], never_migrated: str, tmp_path: Path
) -> None:
    """Every command of operators says which one to run first."""
    variables = {
        "REASSORT_DATABASE_URL": never_migrated,
        "REASSORT_ELECTION": str(_moved_to(2020, tmp_path)),
        "REASSORT_EVIDENCE_KEY": _KEY,
        "REASSORT_PEPPER": _KEY,
    }
    words = [word.format(folder=tmp_path) for word in command[1:]]
    module, address = f"activities.{command[0]}", "camille.durand@ac-lyon.fr\n"
    done = run_command(module, *words, typed=address, variables=variables, bare=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "run `python -m activities.store.migrate`" in done.stderr
