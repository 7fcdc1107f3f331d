"""Identifier and password are reissued together: who gets a link, and what one click changes."""

from dataclasses import replace

import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Journal
from activities.mailings.recipients import Recipients
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordRequest,
    IdentifierAndPasswords,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.links import InvalidSignatureError, Links, NewLink
from activities.recoveries.quotas import Quotas
from activities.recoveries.requests import Settlement
from activities.recoveries.unactivated_identifiers import Activation, UnactivatedIdentifiers
from activities.security import sealed_display
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import identifier_requests, recipients, vault_keys
from activities.store.tables import journal as journal_table
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.activities.recoveries.identifier_and_password_setup import IdentifierAndPasswordDesk
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate

_SEED = sealed_display.new_seed()


@pytest.fixture
def pending(
    database: Database, keyed_hash: KeyedHash, election: Election, vault: Vault, now: Clock
) -> UnactivatedIdentifiers:
    """Identifiers that are drawn and do not work yet."""
    quotas = Quotas(database, election.identifier_recovery)
    return UnactivatedIdentifiers(database, keyed_hash, election.identifier, vault, quotas, now)


@pytest_asyncio.fixture
async def desk(
    database: Database,
    slow_hash: SlowHash,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    election: Election,
    pending: UnactivatedIdentifiers,
    roll: Roll,
    vault: Vault,
    links: Links,
    journal: Journal,
    now: Clock,
    electorate: Electorate,
) -> IdentifierAndPasswordDesk:
    """Both credentials, under the default election's rules; DOMINIQUE has never had a password."""
    for person in (CAMILLE, SACHA, DOMINIQUE):
        await electorate.enrol(person)
    counted = Attempts(database, election.sign_in_attempts, now)
    sign_in = SignIn(database, slow_hash, counted, KnownBrowsers(keyed_hash))
    codes = IdentifierAndPasswords(
        database,
        slow_hash,
        election.drawn_password,
        NumenAndDepartmentProof(database, keyed_hash, attempts),
        pending,
        Recipients(database, now),
        roll,
        vault,
        links,
        journal,
        Credentials(database, now),
        sign_in,
    )
    return IdentifierAndPasswordDesk(codes, roll, vault, links, sign_in)


@pytest.fixture
def identifiers(
    database: Database,
    vault: Vault,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    pending: UnactivatedIdentifiers,
    roll: Roll,
    journal: Journal,
    now: Clock,
) -> Identifiers:
    """What lets identifiers work."""
    proof, kept = NumenProof(database, keyed_hash, attempts), Credentials(database, now)
    return Identifiers(database, vault, proof, pending, roll, kept, journal)


async def _drawn(desk: IdentifierAndPasswordDesk, link: str, envelope: str) -> str:
    return await desk.vault.unseal(await desk.place(), link, IDENTIFIER, envelope)


def _password(box: str) -> str:
    return sealed_display.unseal(_SEED, box) or ""


async def test_a_link_goes_to_the_work_mailbox_of_an_elector_on_the_roll(desk: IdentifierAndPasswordDesk) -> None:
    """With or without a password; run twice, the claim has one link, and the address is this recovery's alone."""
    for person in (CAMILLE, DOMINIQUE):
        claim = await desk.claim(f"link of {person.id[:1]}", person=person)
        first, again = (
            await desk.codes.judge_identifier_and_password(claim),
            await desk.codes.judge_identifier_and_password(claim),
        )
        assert first.verdict is again.verdict is Verdict.TAKEN
        for judged in (first, again):
            place = (claim.workflow_id, claim.request.request_id)
            assert await desk.vault.unseal(*place, CONTACT, judged.contact) == person.work_email
        assert await desk.links.find(desk.links.token(claim.workflow_id, claim.link.link_id)) is not None


def _refused_claim(
    number: int, place: str, elector_id: str, refusal: Verdict | None
) -> IdentifierAndPasswordClaim:
    request = IdentifierAndPasswordRequest(str(number), "campaign" if refusal else "")
    return IdentifierAndPasswordClaim(place, elector_id, request, NewLink(f"link-{number}"), refusal)


async def test_nobody_else_gets_a_link(desk: IdentifierAndPasswordDesk, database: Database) -> None:
    """An unknown identifier, another's recovery, an elector of no roll, a late request: no link, no key."""
    place = await desk.place()
    in_vain = [
        (f"identifier-and-password/{'f' * 64}", "", None),
        (await desk.place(SACHA), CAMILLE.id, None),
        (place, "e" * 32, None),
        (f"password/{place.partition('/')[2]}", CAMILLE.id, None),
        (place, CAMILLE.id, Verdict.CLOSED),
    ]
    judged = [
        await desk.codes.judge_identifier_and_password(_refused_claim(number, *claim))
        for number, claim in enumerate(in_vain, 1)
    ]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF] * 4 + [Verdict.CLOSED]
    assert {each.contact for each in judged} == {""}
    assert await rows(database, vault_keys) == []
    assert await rows(database, recipients) == []
    assert {row["event"] for row in await rows(database, journal_table)} == {
        "identifier_and_password:request:refused"
    }


async def test_a_campaign_reaches_an_elector_once(desk: IdentifierAndPasswordDesk, database: Database) -> None:
    """Run again it is the same; with another link it is told so, and nothing of that link is written."""
    claim = await desk.claim("link-1", "campaign")
    for _ in range(2):
        assert (await desk.codes.judge_identifier_and_password(claim)).verdict is Verdict.TAKEN
    before = [await rows(database, table) for table in (vault_keys, journal_table, recipients)]
    again = await desk.codes.judge_identifier_and_password(await desk.claim("link-2", "campaign"))
    assert (again.verdict, again.contact) == (Verdict.ALREADY_SENT, "")
    assert await desk.links.find(desk.links.token(claim.workflow_id, "link-2")) is None
    assert [await rows(database, table) for table in (vault_keys, journal_table, recipients)] == before
    assert [(row["campaign"], row["elector_id"], row["link_id"]) for row in before[2]] == [
        ("campaign", CAMILLE.id, "link-1")
    ]
    for claim in (await desk.claim("link-3", "another"), await desk.claim("link-4")):
        assert (await desk.codes.judge_identifier_and_password(claim)).verdict is Verdict.TAKEN


async def test_the_password_changes_at_the_click(desk: IdentifierAndPasswordDesk, database: Database) -> None:
    """The new one opens, the old one is dead; it is drawn in the election's shape, and stands nowhere readable."""
    order = await desk.order(_SEED)
    order = replace(order, settled=replace(order.settled, key_ids=[key_id("request", CONTACT)]))
    await desk.vault.seal(order.workflow_id, "request", {CONTACT: CAMILLE.work_email})
    await desk.codes.judge_identifier_and_password(await desk.claim())
    reissued = await desk.codes.reissue_identifier_and_password(order)
    password = _password(reissued.box)
    assert (await desk.lets_in(password), await desk.lets_in(CAMILLE.password)) == (True, False)
    assert await desk.lets_in(SACHA.password, SACHA)
    assert await desk.vault.unseal(order.workflow_id, "link", NOTICE, reissued.notice) == CAMILLE.work_email
    assert await desk.ending("link") is LinkVerdict.USED
    assert (await rows(database, journal_table))[-1]["event"] == "identifier_and_password:password:reissued"
    assert key_id("request", CONTACT) not in {row["id"] for row in await rows(database, vault_keys)}
    identifier = await _drawn(desk, "link", reissued.identifier)
    dump = await text_of(database)
    assert password not in dump
    assert identifier not in dump


async def test_no_other_browser_reads_the_password(desk: IdentifierAndPasswordDesk) -> None:
    """The box is sealed to the one that clicked."""
    reissued = await desk.codes.reissue_identifier_and_password(await desk.order(_SEED))
    assert sealed_display.unseal(sealed_display.new_seed(), reissued.box) is None


async def test_who_never_had_a_password_has_one(desk: IdentifierAndPasswordDesk) -> None:
    """2011's campaign is for everyone."""
    reissued = await desk.codes.reissue_identifier_and_password(await desk.order(_SEED, person=DOMINIQUE))
    assert await desk.lets_in(_password(reissued.box), DOMINIQUE)


async def test_the_identifier_changes_when_its_mail_is_out(
    desk: IdentifierAndPasswordDesk, identifiers: Identifiers, database: Database
) -> None:
    """Until then the old one opens, with the new password; then it is dead. The work mailbox is not told twice."""
    order = await desk.order(_SEED)
    reissued = await desk.codes.reissue_identifier_and_password(order)
    new = await _drawn(desk, "link", reissued.identifier)
    assert (await desk.opens(CAMILLE.identifier), await desk.opens(new)) == (True, False)
    for _ in range(2):
        activated = await identifiers.activate_identifier(
            Activation(order.workflow_id, "link", Channel.EMAIL, sends_notice=False)
        )
        assert (activated.is_active, activated.notice) == (True, "")
    assert (await desk.opens(CAMILLE.identifier), await desk.opens(new)) == (False, True)
    assert await desk.lets_in(_password(reissued.box))
    entry = (await rows(database, journal_table))[-1]
    assert (entry["event"], entry["channel"]) == ("identifier_and_password:identifier:reissued", "email")


async def test_run_again_it_draws_another_password_and_the_same_identifier(
    desk: IdentifierAndPasswordDesk, database: Database
) -> None:
    """A worker that was lost after its transaction: what nobody has seen gives way, and the row is one."""
    order = await desk.order(_SEED)
    first, second = (
        await desk.codes.reissue_identifier_and_password(order),
        await desk.codes.reissue_identifier_and_password(order),
    )
    assert await _drawn(desk, "link", first.identifier) == await _drawn(desk, "link", second.identifier)
    assert not await desk.lets_in(_password(first.box))
    assert await desk.lets_in(_password(second.box))
    (row,) = await rows(database, identifier_requests)
    assert (row["id"], row["number_hash"], row["counted"]) == ("link", "", False)
    assert len(await rows(database, journal_table)) == 1


async def test_every_session_ends_and_paused_sign_ins_are_open_again(
    desk: IdentifierAndPasswordDesk, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """A session opened with the old password ends; others stay."""
    sessions = Sessions(database, keyed_hash, now)
    mine, theirs = [(await sessions.open(person.id))[0] for person in (CAMILLE, SACHA)]
    for _ in range(6):
        await desk.lets_in("wrong")
    assert not await desk.lets_in(CAMILLE.password)
    reissued = await desk.codes.reissue_identifier_and_password(await desk.order(_SEED))
    assert await sessions.find(mine) is None
    assert await sessions.find(theirs) is not None
    assert await desk.lets_in(_password(reissued.box))


async def test_a_click_that_the_web_has_not_signed_is_refused(desk: IdentifierAndPasswordDesk) -> None:
    """Without its signature, for another mailbox, screen, link or elector: both stay as they are."""
    order, other = await desk.order(_SEED), await desk.order(_SEED, "other")
    another_screen = sealed_display.public_key_of(sealed_display.new_seed())
    clicks = [
        replace(order.click, signature=""),
        replace(order.click, link_id="other"),
        replace(order.click, contact=other.click.contact),
        replace(order.click, contact_id=other.click.contact_id),
        replace(order.click, public_key=another_screen),
    ]
    forged = [
        *(replace(order, click=click) for click in clicks),
        replace(order, elector_id=SACHA.id),
        replace(order, workflow_id=await desk.place(SACHA)),
    ]
    for each in forged:
        with pytest.raises(InvalidSignatureError):
            await desk.codes.reissue_identifier_and_password(each)
    signature = desk.links.sign_click(order.workflow_id, "link", order.click.signed_payload)
    signed = replace(order.click, signature=signature)
    with pytest.raises(InvalidSignatureError):  # the web's own signature, in the name of another elector
        await desk.codes.reissue_identifier_and_password(replace(order, elector_id=SACHA.id, click=signed))
    assert await desk.lets_in(CAMILLE.password)
    assert await desk.lets_in(SACHA.password, SACHA)
    assert await desk.opens(CAMILLE.identifier)


async def test_a_newer_click_abandons_the_former_identifier(
    desk: IdentifierAndPasswordDesk, identifiers: Identifiers
) -> None:
    """Its mail, if it leaves after all, carries what never works."""
    first, second = await desk.order(_SEED, "link-1"), await desk.order(_SEED, "link-2")
    reissued = [await desk.codes.reissue_identifier_and_password(order) for order in (first, second)]
    place = first.workflow_id
    late = await identifiers.activate_identifier(Activation(place, "link-1", Channel.EMAIL, sends_notice=False))
    assert not late.is_active
    assert (
        await identifiers.activate_identifier(Activation(place, "link-2", Channel.EMAIL, sends_notice=False))
    ).is_active
    assert await desk.opens(await _drawn(desk, "link-2", reissued[1].identifier))
    assert not await desk.opens(await _drawn(desk, "link-1", reissued[0].identifier))


async def test_the_end_abandons_identifiers_and_destroys_the_keys(
    desk: IdentifierAndPasswordDesk, identifiers: Identifiers, database: Database
) -> None:
    """Run twice it is journalled once, in the operator's name; the identifier never works, its envelope is closed."""
    await desk.codes.judge_identifier_and_password(await desk.claim("former"))
    order = await desk.order(_SEED)
    reissued = await desk.codes.reissue_identifier_and_password(order)
    keys = [key_id(order.click.contact_id, CONTACT), key_id("link", IDENTIFIER), key_id("link", NOTICE)]
    keys.append(key_id("request of former", CONTACT))
    ended, by = {"former": LinkVerdict.REPLACED}, ("m.durand", "appel du 06 12 34 56 78")
    settlement = Settlement(order.workflow_id, CAMILLE.id, "link", Stage.CANCELLED, keys, ended, *by)
    for _ in range(2):
        await desk.codes.settle_identifier_and_password(IdentifierAndPasswordSettlement(settlement, ["link"]))
    activation = Activation(order.workflow_id, "link", Channel.EMAIL, sends_notice=False)
    assert not (await identifiers.activate_identifier(activation)).is_active
    with pytest.raises(EnvelopeError):
        await _drawn(desk, "link", reissued.identifier)
    assert await rows(database, vault_keys) == []
    assert await desk.ending("former") is LinkVerdict.REPLACED
    (entry,) = [row for row in await rows(database, journal_table) if row["outcome"] == Stage.CANCELLED]
    assert (entry["event"], entry["who"]) == ("operator:recovery:cancelled", "m.durand")
    assert "06 12 34 56 78" not in entry["detail"]
