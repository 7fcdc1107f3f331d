"""Faults of the world that whoever calls may tell apart."""


class DatabaseAway(Exception):  # noqa: N818 - it says where the database is
    """Raised when the roll database does not answer; trying again later may succeed."""


class DatabaseNotReady(Exception):  # noqa: N818 - it says what the database is
    """Raised when a program starts without a database it can work with; the text says how to mend it."""
