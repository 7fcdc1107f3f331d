"""Work addresses in the outbox, sealed by the recoveries role for the messaging role alone, with the key pair of its signatures."""

from dataclasses import dataclass

from activities.security.role_box import RoleOpener, RoleSealer

_SUBJECT_BYTES = 32


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to: the work address, and its opaque id, which is in the id of the elector's recovery."""

    address: str
    subject: str


class AddressSealer:
    """Seals recipients to a public key."""

    def __init__(self, public_key: str) -> None:
        self._sealer = RoleSealer(public_key)

    def seal(self, recipient: Recipient) -> bytes:
        """Return the recipient, sealed."""
        return self._sealer.seal(bytes.fromhex(recipient.subject) + recipient.address.encode())


class AddressOpener:
    """Opens recipients that were sealed for a key pair."""

    def __init__(self, seed: bytes) -> None:
        self._opener = RoleOpener(seed)

    def open(self, sealed: bytes) -> Recipient:
        """Return the recipient.

        Raises:
            RoleBoxError: it was sealed for another key, or changed.
        """
        clear = self._opener.open(sealed)
        return Recipient(clear[_SUBJECT_BYTES:].decode(), clear[:_SUBJECT_BYTES].hex())
