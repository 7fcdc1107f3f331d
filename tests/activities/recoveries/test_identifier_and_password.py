"""The activities of identifier-and-password recovery: who gets a link, and what a click changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.evidence.journal import Journal
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.outbox.rows import Mail, Outbox, State
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries import clicks
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordRequest,
    IdentifierAndPasswords,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.links import Links, MailedLink, NewLink
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import Settlement
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import IdentifierActivation, UnactivatedIdentifiers
from activities.security import sealed_display
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.mailing_tables import outbox
from activities.store.progress_table import progress
from activities.store.tables import generated_identifiers, vault_keys
from activities.store.tables import journal as journal_table
from election.procedures import Procedure, subject_of, workflow_id_of
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.activities.recoveries.identifier_and_password_harness import IdentifierAndPasswordHarness
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate
from tests.support.sign_in import sign_in_of
from tests.support.signing import SOMEBODY

_SEED = sealed_display.new_seed()


@pytest_asyncio.fixture
async def harness(
    database: Database,
    slow_hash: SlowHash,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    election: Election,
    pending: UnactivatedIdentifiers,
    roll: Roll,
    vault: Vault,
    notices: SealedNotices,
    pauses: ObjectionPauses,
    links: Links,
    journal: Journal,
    now: Clock,
    electorate: Electorate,
    terms: Terms,
) -> IdentifierAndPasswordHarness:
    """A harness under the default election's rules; DOMINIQUE has no password yet."""
    for person in (CAMILLE, SACHA, DOMINIQUE):
        await electorate.enrol(person)
    sign_in = sign_in_of(database, slow_hash, keyed_hash, now, election.sign_in_attempts)
    activities = IdentifierAndPasswords(
        database,
        slow_hash,
        election.generated_password,
        NumenAndDepartmentProof(database, keyed_hash, attempts),
        pending,
        Outbox(now),
        notices,
        pauses,
        roll,
        vault,
        links,
        journal,
        Credentials(database, now),
        OtherRecoveries(links, pending),
        terms,
    )
    return IdentifierAndPasswordHarness(activities, roll, vault, links, sign_in)


@pytest.fixture
def identifiers(
    database: Database,
    vault: Vault,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    pending: UnactivatedIdentifiers,
    notices: SealedNotices,
    pauses: ObjectionPauses,
    roll: Roll,
    journal: Journal,
    sms_limits: SmsLimits,
    now: Clock,
    terms: Terms,
) -> Identifiers:
    """The activities that activate identifiers."""
    proof = NumenProof(database, keyed_hash, attempts, attempts)
    parts = (roll, Credentials(database, now), journal, sms_limits, terms)
    return Identifiers(database, vault, proof, pending, notices, pauses, *parts)


async def _unsealed(harness: IdentifierAndPasswordHarness, link_id: str, sealed: str) -> str:
    return await harness.vault.unseal(await harness.workflow_id(), link_id, IDENTIFIER, sealed)


def _password(box: str) -> str:
    return sealed_display.unseal(_SEED, box) or ""


async def test_a_link_goes_to_the_work_mailbox_of_an_elector_on_the_roll(
    harness: IdentifierAndPasswordHarness,
) -> None:
    """Also without a password; judged twice, the claim has one link, and the address is sealed for this recovery."""
    for person in (CAMILLE, DOMINIQUE):
        claim = await harness.claim(f"link of {person.id[:1]}", person=person)
        first, again = (
            await harness.activities.judge_identifier_and_password(claim),
            await harness.activities.judge_identifier_and_password(claim),
        )
        assert first.verdict is again.verdict is Verdict.ACCEPTED
        for judged in (first, again):
            ids = (claim.workflow_id, claim.request.request_id)
            assert await harness.vault.unseal(*ids, CONTACT, judged.contact) == person.work_email
        assert await harness.links.find(harness.links.token(claim.workflow_id, claim.link.link_id)) is not None


def _refused_claim(
    number: int, workflow_id: str, elector_id: str, refusal: Verdict | None
) -> IdentifierAndPasswordClaim:
    request = IdentifierAndPasswordRequest(str(number), "envoi-1" if refusal else "")
    return IdentifierAndPasswordClaim(workflow_id, elector_id, request, NewLink(f"link-{number}"), refusal)


async def test_other_claims_get_no_link(harness: IdentifierAndPasswordHarness, database: Database) -> None:
    """An unknown identifier, another elector's recovery, an unknown elector, another procedure, a late request."""
    workflow_id = await harness.workflow_id()
    refused = [
        (workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, "f" * 64), "", None),
        (await harness.workflow_id(SACHA), CAMILLE.id, None),
        (workflow_id, "e" * 32, None),
        (workflow_id_of(Procedure.PASSWORD, subject_of(workflow_id)), CAMILLE.id, None),
        (workflow_id, CAMILLE.id, Verdict.CLOSED),
    ]
    judged = [
        await harness.activities.judge_identifier_and_password(_refused_claim(number, *claim))
        for number, claim in enumerate(refused, 1)
    ]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF] * 4 + [Verdict.CLOSED]
    assert {each.contact for each in judged} == {""}
    assert await rows(database, vault_keys) == []
    assert await rows(database, outbox) == []
    assert {row["event"] for row in await rows(database, journal_table)} == {
        "identifier_and_password:request:refused"
    }


async def test_a_mailing_reaches_an_elector_once(
    harness: IdentifierAndPasswordHarness, database: Database, now: Clock
) -> None:
    """Judged again it is ACCEPTED again; with another link it is ALREADY_SENT, and nothing is written."""
    async with database.writing() as connection:
        for mailing in ("envoi-1", "envoi-2"):
            await Outbox(now).add(connection, mailing, [Mail(CAMILLE.id, State.ASKED)])
    claim = await harness.claim("link-1", "envoi-1")
    for _ in range(2):
        assert (await harness.activities.judge_identifier_and_password(claim)).verdict is Verdict.ACCEPTED
    before = [await rows(database, table) for table in (vault_keys, journal_table, outbox)]
    again = await harness.activities.judge_identifier_and_password(await harness.claim("link-2", "envoi-1"))
    assert (again.verdict, again.contact) == (Verdict.ALREADY_SENT, "")
    assert await harness.links.find(harness.links.token(claim.workflow_id, "link-2")) is None
    assert [await rows(database, table) for table in (vault_keys, journal_table, outbox)] == before
    assert {(row["mailing"], row["state"], row["link_id"]) for row in before[2]} == {
        ("envoi-1", "own", "link-1"),
        ("envoi-2", "asked", None),
    }
    for claim in (await harness.claim("link-3", "envoi-2"), await harness.claim("link-4")):
        assert (await harness.activities.judge_identifier_and_password(claim)).verdict is Verdict.ACCEPTED


async def test_an_own_request_takes_the_place_of_a_mailing_s_link(
    harness: IdentifierAndPasswordHarness, database: Database, election: Election, now: Clock
) -> None:
    """In the transaction that makes the own link: the mail is not sent any more, and the link that was sent is replaced."""
    mailed = MailedLink(await harness.workflow_id(), "of-mailing", CAMILLE.id)
    async with database.writing() as connection:
        await Outbox(now).add(connection, "envoi-1", [Mail(CAMILLE.id, State.WAITING, "of-mailing", b"sealed")])
        procedure, dies_at = Procedure.IDENTIFIER_AND_PASSWORD, election.calendar.links_expire
        await harness.links.register_mailed(connection, procedure, [mailed], dies_at)
    assert await harness.ending("of-mailing") is LinkVerdict.LIVE
    await harness.activities.judge_identifier_and_password(await harness.claim("own"))
    assert (await harness.ending("of-mailing"), await harness.ending("own")) == (
        LinkVerdict.REPLACED,
        LinkVerdict.LIVE,
    )
    (row,) = await rows(database, outbox)
    assert (row["state"], row["sealed"]) == ("own", None)


async def test_a_recovery_that_begins_with_a_mailing_s_link_shows_where_it_stands(
    harness: IdentifierAndPasswordHarness, database: Database, now: Clock
) -> None:
    """The reissue notes it, and in the mail's row when the link was opened: nothing was noted before."""
    async with database.writing() as connection:
        await Outbox(now).add(connection, "envoi-1", [Mail(CAMILLE.id, State.ACCEPTED, "link")])
    opened_at, order = now(), replace(await harness.order(_SEED), begins=True)
    await harness.activities.reissue_identifier_and_password(order)
    (row,) = await rows(database, progress)
    assert (row["link_id"], row["stage"], row["display_until"] is not None) == ("link", Stage.SENDING, True)
    now.advance(timedelta(minutes=1))
    await harness.activities.reissue_identifier_and_password(order)  # a second run
    assert [each["opened_at"] for each in await rows(database, outbox)] == [opened_at]


async def test_the_password_changes_at_the_click(
    harness: IdentifierAndPasswordHarness, database: Database
) -> None:
    """The new one is right and the old one wrong; neither it nor the identifier is readable in the database."""
    order = await harness.order(_SEED)
    order = replace(order, settled=replace(order.settled, key_ids=[key_id("request", CONTACT)]))
    await harness.vault.seal(order.workflow_id, "request", {CONTACT: CAMILLE.work_email})
    await harness.activities.judge_identifier_and_password(await harness.claim())
    reissued = await harness.activities.reissue_identifier_and_password(order)
    password = _password(reissued.box)
    assert (await harness.password_is_right(password), await harness.password_is_right(CAMILLE.password)) == (
        True,
        False,
    )
    assert await harness.password_is_right(SACHA.password, SACHA)
    assert await harness.vault.unseal(order.workflow_id, "link", NOTICE, reissued.notice) == CAMILLE.work_email
    assert await harness.ending("link") is LinkVerdict.USED
    assert (await rows(database, journal_table))[-1]["event"] == "identifier_and_password:password:reissued"
    assert key_id("request", CONTACT) not in {row["id"] for row in await rows(database, vault_keys)}
    identifier = await _unsealed(harness, "link", reissued.identifier)
    dump = await text_of(database)
    assert password not in dump
    assert identifier not in dump


async def test_no_other_browser_can_unseal_the_password(harness: IdentifierAndPasswordHarness) -> None:
    """It is sealed to the browser that clicked."""
    reissued = await harness.activities.reissue_identifier_and_password(await harness.order(_SEED))
    assert sealed_display.unseal(sealed_display.new_seed(), reissued.box) is None


async def test_an_elector_without_a_password_gets_one(harness: IdentifierAndPasswordHarness) -> None:
    """The mailing of 2011 reaches every elector."""
    reissued = await harness.activities.reissue_identifier_and_password(
        await harness.order(_SEED, person=DOMINIQUE)
    )
    assert await harness.password_is_right(_password(reissued.box), DOMINIQUE)


async def test_the_identifier_changes_at_its_activation(
    harness: IdentifierAndPasswordHarness, identifiers: Identifiers, database: Database
) -> None:
    """Until then the old identifier stays active, with the new password. No second notice is sent."""
    order = await harness.order(_SEED)
    reissued = await harness.activities.reissue_identifier_and_password(order)
    new = await _unsealed(harness, "link", reissued.identifier)
    assert (await harness.identifier_is_active(CAMILLE.identifier), await harness.identifier_is_active(new)) == (
        True,
        False,
    )
    for _ in range(2):
        activated = await identifiers.activate_identifier(
            IdentifierActivation(order.workflow_id, "link", Channel.EMAIL, sends_notice=False)
        )
        assert (activated.is_active, activated.notice) == (True, "")
    assert (await harness.identifier_is_active(CAMILLE.identifier), await harness.identifier_is_active(new)) == (
        False,
        True,
    )
    assert await harness.password_is_right(_password(reissued.box))
    entry = (await rows(database, journal_table))[-1]
    assert (entry["event"], entry["channel"]) == ("identifier_and_password:identifier:reissued", "email")


async def test_a_second_reissue_draws_another_password_and_the_same_identifier(
    harness: IdentifierAndPasswordHarness, database: Database
) -> None:
    """As after a worker's crash: the password that was not shown is replaced, and the identifier has one row."""
    order = await harness.order(_SEED)
    first, second = (
        await harness.activities.reissue_identifier_and_password(order),
        await harness.activities.reissue_identifier_and_password(order),
    )
    assert await _unsealed(harness, "link", first.identifier) == await _unsealed(
        harness, "link", second.identifier
    )
    assert not await harness.password_is_right(_password(first.box))
    assert await harness.password_is_right(_password(second.box))
    (row,) = await rows(database, generated_identifiers)
    assert (row["id"], row["phone_hash"], row["counted"]) == ("link", "", False)
    assert len(await rows(database, journal_table)) == 1


async def test_every_session_ends(
    harness: IdentifierAndPasswordHarness, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The elector's sessions end, those of others do not."""
    sessions = Sessions(database, keyed_hash, now)
    own, other = [(await sessions.open(person.id))[0] for person in (CAMILLE, SACHA)]
    reissued = await harness.activities.reissue_identifier_and_password(await harness.order(_SEED))
    assert await sessions.find(own) is None
    assert await sessions.find(other) is not None
    assert await harness.password_is_right(_password(reissued.box))


async def test_a_click_that_the_web_has_not_signed_is_refused(harness: IdentifierAndPasswordHarness) -> None:
    """Without a signature, or for another mailbox, browser, link or elector: nothing is reissued."""
    order, other = await harness.order(_SEED), await harness.order(_SEED, "other")
    another_browser = sealed_display.public_key_of(sealed_display.new_seed())
    unsigned = [
        replace(order.click, signature=""),
        replace(order.click, link_id="other"),
        replace(order.click, contact=other.click.contact),
        replace(order.click, contact_id=other.click.contact_id),
        replace(order.click, public_key=another_browser),
        clicks.signed(SOMEBODY, order.workflow_id, order.click),
    ]
    forged = [
        *(replace(order, click=click) for click in unsigned),
        replace(order, elector_id=SACHA.id),  # with a valid signature
        replace(order, workflow_id=await harness.workflow_id(SACHA)),
    ]
    for each in forged:
        with pytest.raises(InvalidSignatureError):
            await harness.activities.reissue_identifier_and_password(each)
    assert await harness.password_is_right(CAMILLE.password)
    assert await harness.password_is_right(SACHA.password, SACHA)
    assert await harness.identifier_is_active(CAMILLE.identifier)


async def test_a_newer_click_abandons_the_former_identifier(
    harness: IdentifierAndPasswordHarness, identifiers: Identifiers
) -> None:
    """The former identifier is never activated, even if its e-mail is accepted later."""
    first, second = await harness.order(_SEED, "link-1"), await harness.order(_SEED, "link-2")
    reissued = [await harness.activities.reissue_identifier_and_password(order) for order in (first, second)]
    workflow_id = first.workflow_id
    late = await identifiers.activate_identifier(
        IdentifierActivation(workflow_id, "link-1", Channel.EMAIL, sends_notice=False)
    )
    assert not late.is_active
    assert (
        await identifiers.activate_identifier(
            IdentifierActivation(workflow_id, "link-2", Channel.EMAIL, sends_notice=False)
        )
    ).is_active
    assert await harness.identifier_is_active(await _unsealed(harness, "link-2", reissued[1].identifier))
    assert not await harness.identifier_is_active(await _unsealed(harness, "link-1", reissued[0].identifier))


async def test_the_settlement_abandons_identifiers_and_destroys_the_keys(
    harness: IdentifierAndPasswordHarness, identifiers: Identifiers, database: Database
) -> None:
    """Run twice, it is journalled once with the operator's name; the identifier is never activated nor readable."""
    await harness.activities.judge_identifier_and_password(await harness.claim("former"))
    order = await harness.order(_SEED)
    reissued = await harness.activities.reissue_identifier_and_password(order)
    key_ids = [key_id(order.click.contact_id, CONTACT), key_id("link", IDENTIFIER), key_id("link", NOTICE)]
    key_ids.append(key_id("request of former", CONTACT))
    ended, by = {"former": LinkVerdict.REPLACED}, ("m.durand", "appel du 06 12 34 56 78")
    settlement = Settlement(order.workflow_id, CAMILLE.id, "link", Stage.CANCELLED, key_ids, ended, *by)
    for _ in range(2):
        await harness.activities.settle_identifier_and_password(
            IdentifierAndPasswordSettlement(settlement, ["link"])
        )
    activation = IdentifierActivation(order.workflow_id, "link", Channel.EMAIL, sends_notice=False)
    assert not (await identifiers.activate_identifier(activation)).is_active
    with pytest.raises(EnvelopeError):
        await _unsealed(harness, "link", reissued.identifier)
    assert await rows(database, vault_keys) == []
    assert await harness.ending("former") is LinkVerdict.REPLACED
    (entry,) = [row for row in await rows(database, journal_table) if row["outcome"] == Stage.CANCELLED]
    assert (entry["event"], entry["actor"]) == ("operator:recovery:cancelled", "m.durand")
    assert "06 12 34 56 78" not in entry["detail"]
