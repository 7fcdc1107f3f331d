"""A return path leads back to its message, for those who have its key alone."""

from secrets import token_hex

import pytest

from activities.gateways.mail.return_path import ReturnPaths
from activities.recoveries.notices import NoticeKind

_PATHS = ReturnPaths(b"k" * 32, "bounces.vote.fr")
_ID = token_hex(16)


@pytest.mark.parametrize("message_id", [f"{_ID}-1", f"{_ID}-2-1", f"{NoticeKind.WRONG_PROOFS.owner_id(_ID)}-avis"])
def test_a_return_path_leads_to_its_message(message_id: str) -> None:
    """Also in capitals, as servers on the way may write it; the longest one is as long as an address may be."""
    address = _PATHS.address(message_id)
    local, _, domain = address.partition("@")
    assert (domain, len(local) <= 64) == ("bounces.vote.fr", True)
    assert (
        _PATHS.message_id(address) == _PATHS.message_id(address.upper()) == _PATHS.message_id(local) == message_id
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bounce+",
        f"bounce+{_ID}-1@bounces.vote.fr",
        f"bounce+{_ID}-1-000000@bounces.vote.fr",
        ReturnPaths(b"l" * 32, "bounces.vote.fr").address(f"{_ID}-1"),
        "camille@exemple.fr",
        "bounce+" + "x" * 3000,
        "bounce+é-1-000000@b.fr",
    ],
)
def test_a_forged_one_leads_nowhere(address: str) -> None:
    """Whoever reads a message's id in Temporal cannot make its return path."""
    assert _PATHS.message_id(address) is None
