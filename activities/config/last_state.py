"""Logs what lasts once: a gateway or a database that is away is a line when it goes and one when it is back."""


class LastState:
    """The last known state of something that is tried again and again; empty as long as it works."""

    def __init__(self) -> None:
        self._state = ""

    def changes_to(self, state: str) -> bool:
        """Return whether the state is another one than at the last try, so that the caller logs it."""
        changed = state != self._state
        self._state = state
        return changed
