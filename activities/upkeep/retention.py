"""Purges rows that are no longer needed; of the evidence, the journal's expired traces of access only."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, false, or_, select, text, true, tuple_

from activities.accounts.captchas import KEPT
from activities.accounts.sessions import IDLE
from activities.store.act_tables import bulk_acts
from activities.store.bounce_table import bounces
from activities.store.database import Database
from activities.store.objection_table import objections
from activities.store.progress_table import progress
from activities.store.tables import (
    address_keys,
    attempts,
    captchas,
    generated_identifiers,
    links,
    quotas,
    rates,
    segments,
    sessions,
    sign_in_codes,
    sms_counts,
)
from election.rules import retention
from election.stages import ENDINGS

_BATCH = 1_000  # rows for each transaction, so that others can write in between
_PURGE_TRACES = text("SELECT purge_expired_traces(:at_most)")


class Retention:
    """Purges in small transactions; `purge_expired` needs the rights of the recoveries role, `purge_receipts` of messaging."""

    def __init__(self, database: Database, links_expire: datetime, now: Callable[[], datetime]) -> None:
        self._database = database
        self._links_expire = links_expire
        self._now = now

    async def purge_expired(self) -> int:
        """Purge old sessions, CAPTCHAs, attempts, links, counts of SMS and traces of access, and return how many rows.

        Once the election is over, also the requests for identifiers, the quotas of their phone numbers, where recoveries
        stood, and objections.
        """
        now = self._now()
        paused_until = attempts.c.paused_until
        few = and_(attempts.c.failures < retention.FEW_FAILURES, paused_until < now - retention.AFTER_FEW_FAILURES)
        over = true() if now >= self._links_expire + retention.SETTLED_AFTER else false()
        has_ended = progress.c.stage.in_(ENDINGS)
        ended = links.c.ending.is_not(None) if now < self._links_expire else true()
        kept_since = now - retention.LINKS
        return (
            await self._purge(sessions, sessions.c.last_seen_at < now - IDLE)
            + await self._purge(captchas, captchas.c.created_at < now - KEPT)
            + await self._purge(sign_in_codes, sign_in_codes.c.expires_at < now)
            + await self._purge(rates, rates.c.period_start < now - retention.RATES)
            + await self._purge(attempts, or_(few, paused_until < now - retention.AFTER_MANY_FAILURES))
            + await self._purge(links, and_(ended, links.c.created_at < kept_since))
            + await self._purge(
                address_keys, address_keys.c.day < (now - retention.ADDRESS_KEYS).date().isoformat()
            )
            + await self._purge_traces()
            + await self._purge(generated_identifiers, over)
            + await self._purge(quotas, over)
            + await self._purge(objections, over)
            + await self._purge(progress, or_(over, and_(has_ended, progress.c.changed_at < kept_since)))
            + await self._purge(bulk_acts, bulk_acts.c.changed_at < kept_since)
            + await self._purge(sms_counts, sms_counts.c.started_at < now - retention.SMS_COUNTS)
        )

    async def purge_receipts(self) -> int:
        """Purge receipts that are for no message of ours, and what is left of bounces, and return how many."""
        unknown = and_(
            segments.c.message_id.is_(None), segments.c.received_at < self._now() - retention.UNKNOWN_RECEIPTS
        )
        old = bounces.c.received_at < self._now() - retention.BOUNCES
        return await self._purge(segments, unknown) + await self._purge(bounces, old)

    async def _purge_traces(self) -> int:
        # By a function of the database, which deletes only what is sealed and older than its age by the server's clock.
        purged = 0
        while True:
            async with self._database.writing() as connection:
                gone: int = (await connection.execute(_PURGE_TRACES, {"at_most": _BATCH})).scalar_one()
            purged += gone
            if gone < _BATCH:
                return purged

    async def _purge(self, table: Table, old: ColumnElement[bool]) -> int:
        key = tuple_(*table.primary_key)
        some = delete(table).where(key.in_(select(*table.primary_key).where(old).limit(_BATCH)), old)
        purged = 0
        while True:
            async with self._database.writing() as connection:
                gone = (await connection.execute(some)).rowcount
            purged += gone
            if gone < _BATCH:
                return purged
