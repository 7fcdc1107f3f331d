"""Errors of the database that callers handle."""


class DatabaseUnavailableError(Exception):
    """Raised when the database does not answer; a retry may succeed."""


class DatabaseNotReadyError(Exception):
    """Raised when a program starts without a usable database; the text says what to do."""


class InvalidIdError(Exception):
    """Raised when an id cannot be one of ours: it is too long for its column, or not printable. A retry does not help."""
