"""`python -m activities.evidence.export FILE`: writes journal, figures and head of the chain, signed, for an expert.

`--public-key` prints the key that verifies it, which the expert gets by another way.
"""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.commands.command_line import run
from activities.config.clock import utc_now
from activities.config.settings import ExportSettings, SettingsError, key_bytes, read, stop
from activities.config.version import VERSION
from activities.evidence.chain.hashes import Head
from activities.evidence.chain.sealed_entries import sealed_entries
from activities.evidence.chain.sealing import Sealing, is_sealed
from activities.evidence.figures import Figures, figures_of
from activities.evidence.figures_report import write_csv, write_rows
from activities.security.signatures import Signed, SigningKey
from activities.store.database import Database
from activities.texts import wishes
from activities.texts.catalogues import languages_of
from election.settings import Election, file_hash
from election.text.translation import gettext

JOURNAL, MANIFEST, SIGNATURE = "journal.jsonl", "manifeste.json", "signature.txt"
WORDINGS = "formulations.csv"


async def collect(database: Database, election: Election, folder: Path) -> Figures:
    """Seal what is not sealed yet, write journal and figures to a folder, and return the figures: of the same entries."""
    async with _sealed_snapshot(database) as connection:
        figures = await figures_of(connection, election.delivery.late_after, utc_now, election.zone)
        with (folder / JOURNAL).open("w", encoding="utf-8") as file:
            await _write_journal(connection, file)
    write_csv(folder, figures, election.security)
    write_rows(folder / WORDINGS, [("Empreinte", "Phrase"), *_wordings(election)])
    return figures


@asynccontextmanager
async def _sealed_snapshot(database: Database) -> AsyncIterator[AsyncConnection]:
    """Yield a connection whose reads all see the database at an instant at which every entry of the journal is sealed."""
    while True:
        await Sealing(database, utc_now).seal()
        async with database.snapshot() as connection:
            # What was committed since is not sealed: the figures would count it, and the journal not have it.
            if await is_sealed(connection):
                yield connection
                return


def _wordings(election: Election) -> Iterator[tuple[str, str]]:
    languages = languages_of(election, "activities")
    for language in languages.offered:
        with languages.speaking(language):
            yield from ((each.id, gettext(each.text)) for each in wishes.EVERY)


async def _write_journal(connection: AsyncConnection, file: IO[str]) -> None:
    async for entry in sealed_entries(connection):
        file.write(entry.line)


def pack(folder: Path, target: Path, head: Head, election_hash: str, key: SigningKey) -> None:
    """Write the files of a folder to an archive, with a manifest of their hashes and its signature."""
    files = sorted(folder.iterdir())
    values = {
        "version": VERSION,
        "election": election_hash,
        "exported_at": utc_now().isoformat(),
        "head": str(head),
        "files": {file.name: _hash_of(file) for file in files},
    }
    manifest = json.dumps(values, ensure_ascii=False, indent=2)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
        archive.writestr(MANIFEST, manifest)
        archive.writestr(SIGNATURE, key.sign(Signed.EXPORT, manifest))


def _hash_of(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def main() -> None:
    """Export, and print the head; or print the public key."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.export", description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the archive to write, such as preuve.zip"
    )
    wanted.add_argument("--public-key", action="store_true", help="print the key that verifies an export")
    arguments = parser.parse_args()
    try:
        settings = read(ExportSettings)
    except SettingsError as error:
        stop(error)
    key = SigningKey(key_bytes(settings.evidence_key))
    if arguments.public_key:
        sys.stdout.write(f"{key.public_key}\n")
        return
    _export(settings, key, arguments.file)


def _export(settings: ExportSettings, key: SigningKey, target: Path) -> None:
    with TemporaryDirectory() as directory:
        folder = Path(directory)

        async def collected(database: Database, election: Election) -> Figures:
            return await collect(database, election, folder)

        head = run(lambda: settings, collected).head
        try:
            pack(folder, target, head, file_hash(settings.election), key)
        except OSError as error:
            stop(error)
    sys.stdout.write(f"Export écrit. Tête de la chaîne\u00a0: {head}\nClé publique\u00a0: {key.public_key}\n")


if __name__ == "__main__":
    main()
