"""The messages of an election, with their templates compiled once for all tests."""

from activities.sending_services import build_texts
from activities.texts.messages import Texts
from election.settings import Election

_MADE: dict[tuple[str, str], Texts] = {}


def texts_of(election: Election, public_url: str = "https://elections.exemple.fr/") -> Texts:
    """Return the messages; two elections with the same file have the same ones."""
    key = (election.model_dump_json(), public_url)
    if key not in _MADE:
        _MADE[key] = build_texts(election, public_url)
    return _MADE[key]
