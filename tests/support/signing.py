"""The key pairs of the web, of the messaging role and of the console in tests."""

from activities.security.signatures import Signed, SigningKey
from activities.sending.message_sender import Acceptance
from election.recovery_terms import PublicKeys

WEB_SEED, MESSAGING_SEED = "5" * 64, "6" * 64
WEB, MESSAGING = SigningKey(bytes.fromhex(WEB_SEED)), SigningKey(bytes.fromhex(MESSAGING_SEED))
SOMEBODY = SigningKey(bytes.fromhex("7" * 64))
CONSOLE = SigningKey(bytes.fromhex("8" * 64))
KEYS = PublicKeys(WEB.public_key, MESSAGING.public_key, CONSOLE.public_key)


def signed(acceptance: Acceptance, workflow_id: str, message_id: str, key: SigningKey = MESSAGING) -> Acceptance:
    """Return an acceptance of a message, signed by the messaging role or somebody else."""
    signature = key.sign(Signed.ACCEPTANCE, workflow_id, message_id)
    return Acceptance(acceptance.gateway, acceptance.at, signature)
