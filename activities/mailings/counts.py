"""Counts a mailing's mails without its workflow: bounces go on coming when that has ended."""

from sqlalchemy.exc import SQLAlchemyError

from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.outbox.rows import MailCounts, Outbox
from activities.store.database import Database


async def count_now(database_url: str, mailing: str) -> MailCounts:
    """Return what became of a mailing's mails until now.

    Raises:
        DatabaseUnavailableError: the database does not answer, or refuses.
    """
    try:
        database = Database(database_url)
        try:
            async with database.reading() as connection:
                return await Outbox(utc_now).count(connection, mailing)
        finally:
            await database.close()
    except (SQLAlchemyError, DatabaseNotReadyError) as error:
        raise DatabaseUnavailableError from error
