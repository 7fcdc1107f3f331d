"""The return path of a mail: an opaque address to which mail servers report that they could not deliver it."""

import hmac
import re

from activities.security.hashing import KeyedHash

_PREFIX = "bounce+"
# With the longest id of ours a local part has the 64 characters that RFC 5321 allows. Few are enough: the id before it is
# random, and what a forged bounce can do is hold one message back.
_SIGN_LENGTH = 6
_ADDRESS = re.compile(
    rf"bounce\+(?P<id>[0-9a-z_-]{{1,50}})-(?P<sign>[0-9a-f]{{{_SIGN_LENGTH}}})(?:@.*)?", re.ASCII
)


class ReturnPaths:
    """Makes return paths from the ids of messages, and finds the id again; one that is not ours has none.

    A recipient's address is never in it. Ids are in Temporal, so that who reads them there cannot report bounces.
    """

    def __init__(self, key: bytes, domain: str) -> None:
        self.domain = domain
        self._hash = KeyedHash(key)

    def address(self, message_id: str) -> str:
        """Return the return path of a message."""
        return f"{_PREFIX}{message_id}-{self._sign(message_id)}@{self.domain}"

    def message_id(self, address: str) -> str | None:
        """Return the id of the message that an address, or its local part, was made for; None if it was not made here."""
        # Servers on the way may change a local part's case.
        found = _ADDRESS.fullmatch(address.lower())
        if found is None or not hmac.compare_digest(found["sign"], self._sign(found["id"])):
            return None
        return found["id"]

    def _sign(self, message_id: str) -> str:
        return self._hash.hash("return-path", message_id)[:_SIGN_LENGTH]
