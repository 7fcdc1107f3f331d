"""The retry policies, and the errors that the database really raises."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import StatementError
from temporalio.common import RetryPolicy
from temporalio.workflow import LocalActivityConfig

from activities.accounts.credentials import CredentialReplacedError
from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError, InvalidIdError
from activities.recoveries.clicks import InvalidSignatureError
from activities.security.vault import EnvelopeError
from activities.store.database import Database
from activities.store.tables import workers
from workflows.contracts import options
from workflows.mailings import steps

_REFUSED = {
    "too long": insert(workers).values(role="x" * 17, last_seen_at=text("now()")),
    "missing": insert(workers).values(role="x"),
    "not a number": text("SELECT 'x'::integer"),
    "no right syntax": text("SELEKT 1"),
}


@pytest.mark.parametrize("statement", _REFUSED.values(), ids=_REFUSED)
async def test_a_statement_that_the_database_refuses_is_not_retried(database: Database, statement: object) -> None:
    """The class of the error, by which Temporal decides, is in every retry policy."""

    async def run() -> None:
        async with database.writing() as connection:
            await connection.execute(statement)  # type: ignore[call-overload]

    with pytest.raises(StatementError) as refused:
        await run()
    assert type(refused.value).__name__ in options.NON_RETRYABLE


async def test_a_database_that_was_not_migrated_yet_is_asked_again(database: Database) -> None:
    """An operator who migrates it within five minutes has mended it."""
    with pytest.raises(DatabaseNotReadyError) as refused:
        async with database.writing() as connection:
            await connection.execute(text("SELECT * FROM nothing"))
    assert type(refused.value).__name__ not in options.NON_RETRYABLE


def test_the_errors_that_are_final_have_the_names_of_our_classes() -> None:
    """And an outage is retried."""
    final = {each.__name__ for each in (EnvelopeError, LookupError, InvalidSignatureError, InvalidIdError)}
    assert final | {"LinkVerdict"} == set(options.FINAL_ERRORS)
    assert not {DatabaseUnavailableError.__name__, CredentialReplacedError.__name__} & set(options.NON_RETRYABLE)


@pytest.mark.parametrize(
    "policy",
    [
        options.DATABASE_ACTIVITY["retry_policy"],
        options.SEND_RETRY,
        options.NOTICE_RETRY,
        steps._SEND_RETRY,
    ],
)
def test_every_retry_policy_knows_them(policy: RetryPolicy) -> None:
    """Local activities and normal ones."""
    assert policy.non_retryable_error_types == options.NON_RETRYABLE


def test_a_mailing_tries_again_what_collides_with_a_change_of_the_roll() -> None:
    """An elector who is taken off the roll while a page is written is not on it the next time."""
    policy = options.MAILING_ACTIVITY["retry_policy"]
    assert policy is not None
    assert {*(policy.non_retryable_error_types or ()), "IntegrityError"} == set(options.NON_RETRYABLE)


@pytest.mark.parametrize("activity", [options.DATABASE_ACTIVITY, options.MAILING_ACTIVITY])
def test_the_attempts_at_the_database_take_five_minutes(activity: LocalActivityConfig) -> None:
    """Then a recovery is held, or a mailing."""
    policy = activity["retry_policy"]
    assert policy is not None
    waits, wait = 0.0, policy.initial_interval.total_seconds()
    for _ in range(policy.maximum_attempts - 1):
        waits, wait = waits + wait, min(2 * wait, 30)
    assert 280 < waits < 320
