"""SMS are counted by elector, number and country when they are ordered, exactly under races, and once for each order."""

import asyncio
from collections import Counter
from datetime import timedelta

from structlog.testing import capture_logs

from activities.limits.sms_limits import SmsLimits
from activities.proofs.judgement import Judgement
from activities.recoveries.links import Links, NewLink
from activities.recoveries.requests import Renewal, Requests
from activities.security.hashing import KeyedHash
from activities.sending.contacts import foreign_country_of
from activities.store.database import Database
from activities.store.tables import sms_counts
from activities.upkeep.retention import Retention
from election.rules.sms import SmsRules
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sealed_claims import PHONE, WORKFLOW, SealedClaims

_BELGIUM = "+32470{:06d}"
_DAY = timedelta(days=1)
_TOO_MANY = {"per_elector_a_day": 1_000, "per_number_a_day": 1_001}


class Counting:
    """Counts SMS, each in a transaction of its own."""

    def __init__(self, database: Database, limits: SmsLimits) -> None:
        self._database = database
        self._limits = limits

    async def __call__(self, order_id: str, elector_id: str = CAMILLE.id, number: str = PHONE) -> Judgement | None:
        """Return why an SMS is refused, or None."""
        async with self._database.writing() as connection:
            return await self._limits.count(connection, order_id, elector_id, number)


def _counting(database: Database, keyed: KeyedHash, now: Clock, **rules: int) -> Counting:
    return Counting(database, SmsLimits(keyed, SmsRules.model_validate(rules), foreign_country_of, now))


async def test_an_elector_has_so_many_a_day(database: Database, keyed_hash: KeyedHash, now: Clock) -> None:
    """To whatever numbers; the answer says until when, and then the day begins again."""
    count = _counting(database, keyed_hash, now, per_elector_a_day=2, per_number_a_day=3)
    began = now()
    assert await count("one", number="+33612345601") is None
    now.advance(timedelta(hours=5))
    assert await count("two", number="+33612345602") is None
    refused = Judgement(Verdict.SMS_LIMIT, began + _DAY)
    assert await count("three", number="+33612345603") == refused
    assert await count("another’s", SACHA.id, "+33612345603") is None
    now.advance(timedelta(hours=19))
    assert await count("three", number="+33612345603") is None


async def test_a_number_receives_so_many_a_day(database: Database, keyed_hash: KeyedHash, now: Clock) -> None:
    """The limit counts all electors together, so that no phone is flooded."""
    count = _counting(database, keyed_hash, now, per_elector_a_day=1, per_number_a_day=2)
    assert [await count(f"{each}", f"{each:032d}") for each in range(2)] == [None, None]
    assert await count("2", f"{2:032d}") == Judgement(Verdict.NUMBER_SMS_LIMIT, now() + _DAY)
    assert await count("2", f"{2:032d}", "+33612345679") is None


async def test_another_country_receives_so_many_an_hour(
    database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """France and its overseas have no such limit; the last SMS that is allowed and each refused one raise an alarm."""
    count = _counting(database, keyed_hash, now, **_TOO_MANY, per_country_an_hour=2)
    with capture_logs() as logs:
        judged = [await count(f"{each}", f"{each:032d}", _BELGIUM.format(each)) for each in range(3)]
        assert judged == [None, None, Judgement(Verdict.COUNTRY_SMS_LIMIT, now() + timedelta(hours=1))]
        assert await count("germany", number="+491701234567") is None
        for each in range(3):
            assert await count(f"fr{each}", number=f"+3361234560{each}") is None
            assert await count(f"re{each}", number=f"+26269212345{each}") is None
    assert [(line["event"], line["log_level"], line["country"]) for line in logs] == [
        ("sms_country_limit", "warning", "BE")
    ] * 2
    now.advance(timedelta(hours=1))
    assert await count("later", number=_BELGIUM.format(9)) is None


async def test_an_order_is_counted_once(database: Database, keyed_hash: KeyedHash, now: Clock) -> None:
    """Temporal may run the activity again, also twenty times at once."""
    count = _counting(database, keyed_hash, now, per_elector_a_day=2, per_number_a_day=3)
    assert set(await asyncio.gather(*(count("one") for _ in range(20)))) == {None}
    assert await count("two") is None
    assert await count("three") is not None


async def test_a_refused_order_is_not_counted(database: Database, keyed_hash: KeyedHash, now: Clock) -> None:
    """Neither for the elector, whose own limit comes first, nor as an order: it may be asked for again."""
    count = _counting(database, keyed_hash, now, **_TOO_MANY, per_country_an_hour=1)
    await count("one", number=_BELGIUM.format(1))
    before = await rows(database, sms_counts)
    assert await count("two", number=_BELGIUM.format(2)) is not None
    assert sorted(map(str, await rows(database, sms_counts))) == sorted(map(str, before))


async def test_of_fifty_orders_at_once_as_many_as_allowed_are_counted(
    database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """Of fifty electors who share a country, and of whom five share a number each, without a deadlock."""
    count = _counting(database, keyed_hash, now, **_TOO_MANY, per_country_an_hour=7)
    judged = await asyncio.gather(
        *(count(f"{each}", f"{each:032d}", _BELGIUM.format(each % 10)) for each in range(50))
    )
    assert Counter(each.verdict if each else None for each in judged) == {None: 7, Verdict.COUNTRY_SMS_LIMIT: 43}


async def test_a_number_is_not_stored(database: Database, keyed_hash: KeyedHash, now: Clock) -> None:
    """Only its keyed hash, apart from every other column's, and for a day."""
    await _counting(database, keyed_hash, now)("one")
    assert PHONE[1:] not in await text_of(database)
    assert keyed_hash.hash("mobile", PHONE) not in await text_of(database)
    retention = Retention(database, now() + timedelta(days=30), now)
    await retention.purge_expired()
    assert len(await rows(database, sms_counts)) == 3
    now.advance(_DAY + timedelta(seconds=1))
    await retention.purge_expired()
    assert await rows(database, sms_counts) == []


async def test_a_link_by_sms_is_counted_and_refused_at_the_limit(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims, database: Database
) -> None:
    """By default ten a day: the eleventh request is refused with its time, and neither registered nor readable."""
    await electorate.enrol(CAMILLE)
    for number in range(10):
        claim, _ = await sealed_claims.make(f"request-{number}", f"link-{number}")
        assert (await requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    refused, _ = await sealed_claims.make("eleventh", "link-11")
    judged = await requests.judge_challenge(refused)
    assert (judged.verdict, judged.until is not None) == (Verdict.SMS_LIMIT, True)
    assert await links.find(links.token(WORKFLOW, "link-11")) is None
    assert (await requests.judge_challenge(refused)).verdict is Verdict.SMS_LIMIT
    assert "eleventh" not in await text_of(database)


async def test_a_link_that_is_sent_again_is_counted_too(
    requests: Requests, links: Links, electorate: Electorate, sealed_claims: SealedClaims
) -> None:
    """A renewal beyond the limit is refused, and the former link is not replaced."""
    await electorate.enrol(CAMILLE)
    claim, contact = await sealed_claims.make("request", "link-0")
    await requests.judge_challenge(claim)
    for number in range(1, 10):
        link = NewLink(f"link-{number}", f"link-{number - 1}")
        renewal = Renewal(WORKFLOW, CAMILLE.id, "sms", link, "request", contact)
        assert (await requests.renew_link(renewal)).verdict is Verdict.ACCEPTED
    renewal = Renewal(WORKFLOW, CAMILLE.id, "sms", NewLink("link-10", "link-9"), "request", contact)
    assert (await requests.renew_link(renewal)).verdict is Verdict.SMS_LIMIT
    former = await links.find(links.token(WORKFLOW, "link-9"))
    assert former is not None
    assert former.ending == "live"
    by_mail = Renewal(WORKFLOW, CAMILLE.id, "email", NewLink("mail", "link-9"), "request", contact)
    assert (await requests.renew_link(by_mail)).verdict is Verdict.ACCEPTED
