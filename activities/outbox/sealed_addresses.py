"""Work addresses in the outbox, sealed by the recoveries role for the messaging role alone (X25519, libsodium's sealed boxes).

The key pair is the one of the messaging role's signatures, in the form for encryption: no further secret to keep.
"""

from base64 import b64decode
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey

_SUBJECT_BYTES = 32


class SealedAddressError(Exception):
    """Raised when a sealed address does not open: it was sealed for another key, or changed."""


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to: the work address, and its opaque id, which is in the id of the elector's recovery."""

    address: str
    subject: str


class AddressSealer:
    """Seals recipients to a public key; only the holder of its private key can open them, so not the process that seals."""

    def __init__(self, public_key: str) -> None:
        self._box = SealedBox(VerifyKey(b64decode(public_key)).to_curve25519_public_key())

    def seal(self, recipient: Recipient) -> bytes:
        """Return the recipient, sealed (60 µs)."""
        return self._box.encrypt(bytes.fromhex(recipient.subject) + recipient.address.encode())


class AddressOpener:
    """Opens what was sealed for a key pair, of which it has the private half."""

    def __init__(self, seed: bytes) -> None:
        self._box = SealedBox(SigningKey(seed).to_curve25519_private_key())

    def open(self, sealed: bytes) -> Recipient:
        """Return the recipient.

        Raises:
            SealedAddressError: it was sealed for another key, or changed.
        """
        try:
            clear = self._box.decrypt(sealed)
        except CryptoError:
            raise SealedAddressError("the address was sealed for another key") from None
        return Recipient(clear[_SUBJECT_BYTES:].decode(), clear[:_SUBJECT_BYTES].hex())
