"""What every table shares: the names of keys and indexes, and the types of an instant, a hash and an id."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, TypeDecorator

from activities.config.errors import InvalidIdError

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, read back in UTC whatever time zone the session has."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant as it is; a naive one is a fault of the caller."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must have a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC."""
        return value.astimezone(UTC) if value else None


class Digest(TypeDecorator[str]):
    """A hash, in hexadecimal here and in half as many bytes there."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Return the bytes."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the digits."""
        return None if value is None else value.hex()


class Id(TypeDecorator[str]):
    """An id of our own making, checked before a statement is sent.

    Ids also come back to us from Temporal and from browsers. One that does not fit its column would make PostgreSQL
    refuse the statement, which a caller cannot tell from a fault that passes.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self._length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the id as it is.

        Raises:
            InvalidIdError: it is none of ours.
        """
        if value is not None and not (len(value) <= self._length and value.isascii() and value.isprintable()):
            raise InvalidIdError("not an id of ours")
        return value
