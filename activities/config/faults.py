"""Faults of the world that whoever calls may tell apart."""


class DatabaseUnavailableError(Exception):
    """Raised when the roll database does not answer; trying again later may succeed."""


class DatabaseNotReadyError(Exception):
    """Raised when a program starts without a database it can work with; the text says how to mend it."""
