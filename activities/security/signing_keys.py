"""`python -m activities.security.signing_keys`: prints four new key pairs as lines for the environment.

The web signs clicks, the role `messaging` signs acceptances and the console signs operators' orders, each with a private half
that no other process has; the role `recoveries` has the public halves. The role `roll` opens what the console seals for it.
"""

import secrets
import sys

from activities.security.signatures import SEED_BYTES, SigningKey

_SIGNERS = ("WEB", "MESSAGING", "CONSOLE")


def new_pairs() -> dict[str, str]:
    """Return the private and the public half of each new pair, by the name of its variable."""
    made: dict[str, str] = {}
    for signer in _SIGNERS:
        seed = secrets.token_bytes(SEED_BYTES)
        made[f"REASSORT_{signer}_SIGNING_KEY"] = seed.hex()
        made[f"REASSORT_{signer}_PUBLIC_KEY"] = SigningKey(seed).public_key
    seed = secrets.token_bytes(SEED_BYTES)
    return {**made, "REASSORT_ROLL_KEY": seed.hex(), "REASSORT_ROLL_PUBLIC_KEY": SigningKey(seed).public_key}


def main() -> None:
    """Print the pairs."""
    sys.stdout.writelines(f"{name}={value}\n" for name, value in new_pairs().items())


if __name__ == "__main__":
    main()
