"""Ed25519 signatures: what one process says to another through Temporal, which is not trusted with it."""

import json
from base64 import b64decode, b64encode
from enum import StrEnum

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey as _PrivateKey
from nacl.signing import VerifyKey

SEED_BYTES = 32


class Signed(StrEnum):
    """What a signature is for; one for a purpose is not valid for another."""

    CLICK = "click"  # the web's: a link was used, in the browser and with the content that is signed
    NOTED = "noted"  # the web's: the voter has noted the secret that a link shows
    OBJECTION = "objection"  # the web's: an elector has objected, with the link of a notice
    ACCEPTANCE = "acceptance"  # messaging's: a gateway has accepted a message
    EXPORT = "export"  # the evidence: the manifest of an export
    RECEIPT = "receipt"  # messaging's: the outcome of a message
    ORDER = "order"  # the console's: an operator who has signed in orders something


class SigningKey:
    """The private half of a key pair, which one role alone has."""

    def __init__(self, seed: bytes) -> None:
        self._key = _PrivateKey(seed)

    @property
    def public_key(self) -> str:
        """The public half (base64, 44 characters)."""
        return b64encode(bytes(self._key.verify_key)).decode()

    def sign(self, purpose: Signed, *fields: str) -> str:
        """Return the signature (base64, 88 characters) of these fields in this order."""
        return b64encode(self._key.sign(_encoded(purpose, fields)).signature).decode()


def is_signed(public_key: str, signature: str, purpose: Signed, *fields: str) -> bool:
    """Return whether a signature is valid for these fields; deterministic, so that workflows may ask (0.1 ms)."""
    try:
        VerifyKey(_decoded(public_key)).verify(_encoded(purpose, fields), _decoded(signature))
    except (BadSignatureError, ValueError):  # ValueError: not the shape of a key or a signature
        return False
    return True


def is_public_key(text: str) -> bool:
    """Return whether a text has the shape of a public key."""
    try:
        VerifyKey(_decoded(text))
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    return b64decode(text, validate=True)


def _encoded(purpose: Signed, fields: tuple[str, ...]) -> bytes:
    # JSON, because it has one list of texts for each encoding, whatever characters are in them.
    return json.dumps([purpose, *fields]).encode()
