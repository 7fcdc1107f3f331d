"""The limits on SMS: of an elector and to a number a day, to another country an hour; each is enforced by one SQL statement."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import Integer, bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.store.schema import Instant
from activities.store.tables import sms_counts
from election.rules.sms import SmsRules
from election.verdicts import Verdict

_log = structlog.stdlib.get_logger(__name__)

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_IS_OVER = sms_counts.c.started_at <= bindparam("over", type_=Instant)
_IS_ALLOWED = sms_counts.c.uses < bindparam("limit", type_=Integer)
_ADD = insert(sms_counts)
_COUNT = _ADD.on_conflict_do_update(
    index_elements=["key"],
    set_={
        "uses": case((_IS_OVER, 1), else_=sms_counts.c.uses + 1),
        "started_at": case((_IS_OVER, _ADD.excluded.started_at), else_=sms_counts.c.started_at),
    },
    where=_IS_OVER | _IS_ALLOWED,
).returning(sms_counts.c.uses)
_NOTE = _ADD.on_conflict_do_nothing().returning(sms_counts.c.uses)
_COUNTED = sms_counts.c.key.in_(bindparam("keys", expanding=True))
_FORGET = delete(sms_counts).where(_COUNTED, sms_counts.c.uses <= 1)
_UNCOUNT = update(sms_counts).where(_COUNTED).values(uses=sms_counts.c.uses - 1)
_STARTED_AT = select(sms_counts.c.started_at).where(sms_counts.c.key == bindparam("key"))


class _Limit(NamedTuple):
    """What is counted, how many are allowed in which time, and the verdict once the limit is reached."""

    key: str
    allowed: int
    window: timedelta
    verdict: Verdict


class SmsLimits:
    """Counts the SMS that recoveries order; of a number it keeps a keyed hash, for a day.

    `foreign_country_of` returns the country of a number, or None for France and its overseas, which have no such limit.
    """

    def __init__(
        self,
        keyed: KeyedHash,
        rules: SmsRules,
        foreign_country_of: Callable[[str], str | None],
        now: Callable[[], datetime],
    ) -> None:
        self._keyed = keyed
        self._rules = rules
        self._foreign_country_of = foreign_country_of
        self._now = now

    async def count(
        self, connection: AsyncConnection, order_id: str, elector_id: str, number: str
    ) -> Judgement | None:
        """Count an SMS in the caller's transaction and return None, or return the verdict of the limit that is reached, and until when.

        A refused SMS is not counted, nor is one whose `order_id` was counted before: the activity may run again.
        """
        now, order = self._now(), f"order:{order_id}"
        noted = await connection.execute(_NOTE, {"key": order, "uses": 1, "started_at": now})
        if noted.scalar_one_or_none() is None:
            return None
        counted = [order]
        # The same order in every transaction: the locks of rows cannot wait for each other.
        for limit in self._limits(elector_id, number):
            until = await self._refused_until(connection, limit, now)
            if until is not None:
                # Not by a savepoint: it would be two statements more for each SMS, and few are refused.
                await connection.execute(_FORGET, {"keys": counted})
                await connection.execute(_UNCOUNT, {"keys": counted})
                return Judgement(limit.verdict, until)
            counted.append(limit.key)
        return None

    def _limits(self, elector_id: str, number: str) -> list[_Limit]:
        rules, hashed = self._rules, self._keyed.hash("sms-number", number)
        limits = [
            _Limit(f"elector:{elector_id}", rules.per_elector_a_day, _DAY, Verdict.SMS_LIMIT),
            _Limit(f"number:{hashed}", rules.per_number_a_day, _DAY, Verdict.NUMBER_SMS_LIMIT),
        ]
        country = self._foreign_country_of(number)
        if country is not None:
            key = f"country:{country}"
            limits.append(_Limit(key, rules.per_country_an_hour, _HOUR, Verdict.COUNTRY_SMS_LIMIT))
        return limits

    async def _refused_until(self, connection: AsyncConnection, limit: _Limit, now: datetime) -> datetime | None:
        values = {"key": limit.key, "uses": 1, "started_at": now}
        asked = {**values, "over": now - limit.window, "limit": limit.allowed}
        uses = (await connection.execute(_COUNT, asked)).scalar_one_or_none()
        if limit.verdict is Verdict.COUNTRY_SMS_LIMIT and uses in {None, limit.allowed}:
            # The runbook has this line: an attack, or a limit that is too low for the electors there.
            _log.warning("sms_country_limit", country=limit.key.partition(":")[2], limit=limit.allowed)
        if uses is not None:
            return None
        started_at: datetime = (await connection.execute(_STARTED_AT, {"key": limit.key})).scalar_one()
        return started_at + limit.window
