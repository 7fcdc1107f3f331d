"""Pieces of a roll's file, sealed by the console for the role that imports it alone (X25519, libsodium's sealed boxes).

The key pair is made as those of signatures are, and used in the form for encryption.
"""

from base64 import b64decode

from nacl.exceptions import CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey

PIECE = 1024 * 1024  # bytes


class SealedPieceError(Exception):
    """Raised when a piece does not open: it was sealed for another key, or changed."""


class PieceSealer:
    """Seals to a public key: who has no more than that cannot open again what it has sealed."""

    def __init__(self, public_key: str) -> None:
        self._box = SealedBox(VerifyKey(b64decode(public_key)).to_curve25519_public_key())

    def seal(self, piece: bytes) -> bytes:
        """Return a piece, sealed."""
        return self._box.encrypt(piece)


class PieceOpener:
    """Opens what was sealed for a key pair, of which it has the private half."""

    def __init__(self, seed: bytes) -> None:
        self._box = SealedBox(SigningKey(seed).to_curve25519_private_key())

    def open(self, sealed: bytes) -> bytes:
        """Return a piece.

        Raises:
            SealedPieceError: it was sealed for another key, or changed.
        """
        try:
            return self._box.decrypt(sealed)
        except CryptoError:
            raise SealedPieceError("the piece was sealed for another key") from None
