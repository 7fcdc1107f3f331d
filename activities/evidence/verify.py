"""`python -m activities.evidence.verify FILE --public-key KEY`: verifies an export; status 1 when it was changed.

It needs the file and the public key alone: no database, no variable.
"""

import argparse
import io
import json
import sys
from hashlib import file_digest
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipExtFile, ZipFile

from activities.config.clock import utc_now
from activities.config.settings import stop
from activities.evidence.chain.hashes import Head, read_head
from activities.evidence.chain.sealed_entries import read_line
from activities.evidence.chain.verification import ChainVerifier
from activities.evidence.export import JOURNAL, MANIFEST, SIGNATURE
from activities.security.signatures import Signed, is_public_key, is_signed


def verify(file: Path, public_key: str, noted: Head | None = None) -> ChainVerifier:
    """Return what the verification of signature, files and chain found.

    Raises:
        BadZipFile: the file is no archive, or a part of it cannot be read.
        KeyError: a part of an export is missing.
        ValueError: a part of it is not what an export has.
    """
    verifier = ChainVerifier(utc_now(), noted)
    with ZipFile(file) as archive:
        if len(set(archive.namelist())) != len(archive.namelist()):
            raise ValueError("deux fichiers du même nom")  # readers differ in which of them they take
        manifest = archive.read(MANIFEST).decode()
        if not is_signed(public_key, archive.read(SIGNATURE).decode(), Signed.EXPORT, manifest):
            verifier.note("la signature n’est pas celle de cette clé")
        values = json.loads(manifest)
        _verify_files(archive, values["files"], verifier)
        with archive.open(JOURNAL) as journal:
            for line in io.TextIOWrapper(journal, "utf-8"):
                verifier.add(read_line(line))
    verifier.finish()
    if str(verifier.head) != values["head"]:
        verifier.note("la tête du manifeste n’est pas celle du journal")
    return verifier


def _verify_files(archive: ZipFile, hashes: dict[str, str], verifier: ChainVerifier) -> None:
    for name in sorted({*archive.namelist(), *hashes} - {MANIFEST, SIGNATURE}):
        if _hash_in(archive, name) != hashes.get(name):
            verifier.note(f"{name}\u00a0: n’est pas le fichier qui a été signé")


def _hash_in(archive: ZipFile, name: str) -> str:
    with cast("ZipExtFile", archive.open(name)) as file:
        return file_digest(file, "sha256").hexdigest()


def _public_key(text: str) -> str:
    if not is_public_key(text):
        raise argparse.ArgumentTypeError("la clé publique est ce qu’affiche `export --public-key` (44 caractères)")
    return text


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.verify", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--public-key", type=_public_key, required=True, metavar="KEY", help="as `export --public-key` prints it"
    )
    parser.add_argument("--head", type=read_head, metavar="POSITION:HASH", help="a head that was noted earlier")
    arguments = parser.parse_args()
    try:
        verifier = verify(arguments.file, arguments.public_key, arguments.head)
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        stop(RuntimeError(f"{arguments.file}\u00a0: n’est pas un export lisible ({error})"))
    sys.stdout.write(f"{verifier.report}\n")
    if verifier.faults:
        raise SystemExit(1)
    sys.stdout.write("La signature et les fichiers sont ceux de l’export.\n")


if __name__ == "__main__":
    main()
