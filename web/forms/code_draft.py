"""What the draft of a request for a voting code contains so far."""

from collections.abc import Mapping

from web.forms.challenge import PROOFS

# The identity that FranceConnect gave, as JSON.
IDENTITY = "identity"


def is_proven_by_identity(draft: Mapping[str, str]) -> bool:
    """Return whether FranceConnect gave the draft's proof."""
    return IDENTITY in draft


def has_proofs(draft: Mapping[str, str]) -> bool:
    """Return whether the draft has a whole proof, right in shape."""
    return is_proven_by_identity(draft) or all(draft.get(name) for name in PROOFS)
