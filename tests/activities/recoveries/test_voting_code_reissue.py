"""A code is replaced: in one instant the new one works and the old one is dead."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.evidence.journal import Journal
from activities.proofs.attempts import Attempts
from activities.recoveries.links import Links, NewLink
from activities.recoveries.requests import SettledLinks
from activities.recoveries.voting_code import VotingCodes
from activities.security import sealed_display
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import credentials as table
from activities.store.tables import vault_keys
from election.settings import Election
from election.shapes import VotingCodeShape
from election.verdicts import LinkVerdict, Verdict
from tests.support.clicked_link import Browser, signed
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person
from tests.support.sealed_claims import PHONE, WORKFLOW


async def _opens(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.TAKEN


async def test_a_new_code_opens_and_the_old_one_is_refused(
    voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """Once the box is there, the code in it opens, and the code of the notice is dead."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    assert await _opens(voting_codes, browser.open(issued.box))
    assert not await _opens(voting_codes, CAMILLE.voting_code)


async def test_a_key_that_is_none_costs_nobody_a_code(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """When no box can be sealed to the browser, the code that works goes on working."""
    await electorate.enrol(CAMILLE)
    with pytest.raises(ValueError, match="public"):
        await voting_codes.reissue_voting_code(signed(Browser().order(), public_key="AAAA"))
    assert await _opens(voting_codes, CAMILLE.voting_code)


async def test_a_code_has_the_shape_of_the_election(
    voting_codes: VotingCodes, electorate: Electorate, election: Election
) -> None:
    """Sixteen characters that cannot be mistaken for others, of all three kinds, never twice the same."""
    await electorate.enrol(CAMILLE)
    shape = election.voting_code
    codes = set()
    for number in range(20):
        issued = await voting_codes.reissue_voting_code((browser := Browser()).order(f"link-{number}"))
        codes.add(browser.open(issued.box))
    assert len(codes) == 20
    for code in codes:
        assert len(code) == 16
        assert set(code) <= set("ACDEFHJKLMNPQRTUVWXY3479@#%+=?")
        assert shape.fits(code)


async def test_an_elector_without_a_code_gets_one(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """An elector who never had a notice may be issued a first code."""
    await electorate.enrol(DOMINIQUE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order(person=DOMINIQUE))
    assert await _opens(voting_codes, browser.open(issued.box), DOMINIQUE)


async def test_a_reissue_leaves_others_and_other_credentials_alone(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Neither another elector's code nor one's own password ends."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    await voting_codes.reissue_voting_code(Browser().order())
    ended = {row["id"] for row in await rows(database, table) if row["ended_at"]}
    assert ended == {f"voting_code-{CAMILLE.id}"}
    assert await _opens(voting_codes, SACHA.voting_code, SACHA)


async def test_a_reissue_spends_links_and_destroys_the_contact(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, vault: Vault, links: Links
) -> None:
    """In the same transaction the links have their ends, and where the link went becomes unreadable."""
    await electorate.enrol(CAMILLE)
    sealed = await vault.seal(WORKFLOW, "request", {CONTACT: PHONE})
    async with database.writing() as connection:
        for link_id in ("former", "link"):
            await links.register(connection, WORKFLOW, NewLink(link_id))
    endings = {"former": LinkVerdict.REPLACED, "link": LinkVerdict.USED}
    settled = SettledLinks(endings, [key_id("request", CONTACT)])
    await voting_codes.reissue_voting_code(Browser().order(settled=settled))
    with pytest.raises(EnvelopeError):
        await vault.unseal(WORKFLOW, "request", CONTACT, sealed[CONTACT])
    for link_id, ending in endings.items():
        place = await links.find(links.token(WORKFLOW, link_id))
        assert place is not None
        assert place.ending is ending


async def test_the_notice_s_envelope_has_the_work_address(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, vault: Vault
) -> None:
    """What is handed on is sealed, and opens under this recovery and link alone."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code(Browser().order())
    assert await vault.unseal(WORKFLOW, "link", NOTICE, issued.notice) == CAMILLE.work_email
    assert {row["id"] for row in await rows(database, vault_keys)} == {key_id("link", NOTICE)}


async def test_no_code_can_be_read_in_the_database(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """A dump has neither the code nor its box, and no other browser opens the box."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    dump = await text_of(database)
    assert browser.open(issued.box) not in dump
    assert issued.box not in dump
    assert sealed_display.unseal(sealed_display.new_seed(), issued.box) is None


async def test_an_older_link_s_order_that_comes_late_leaves_the_newer_code_alone(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, links: Links, now: Clock
) -> None:
    """Clicked while the database was away, tried again when the newer link's code is on the screen."""
    await electorate.enrol(CAMILLE)
    for link_id in ("older", "newer"):
        now.advance(timedelta(minutes=1))
        async with database.writing() as connection:
            await links.register(connection, WORKFLOW, NewLink(link_id))
    shown = await voting_codes.reissue_voting_code((browser := Browser()).order("newer"))
    for _ in range(2):
        with pytest.raises(ApplicationError, match="replaced") as late:
            await voting_codes.reissue_voting_code(Browser().order("older"))
        assert (late.value.type, late.value.non_retryable) == ("LinkVerdict", True)
    assert await _opens(voting_codes, browser.open(shown.box))


async def test_an_elector_who_left_the_roll_gets_no_code(voting_codes: VotingCodes, database: Database) -> None:
    """An elector taken off the roll meanwhile is a fault that no retry mends, and nothing is issued."""
    with pytest.raises(LookupError):
        await voting_codes.reissue_voting_code(Browser().order())
    assert await rows(database, table) == []


async def test_an_election_may_have_codes_of_another_shape(
    database: Database,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    roll: Roll,
    vault: Vault,
    links: Links,
    journal: Journal,
    electorate: Electorate,
    now: Clock,
) -> None:
    """The shape is the election's: here twenty characters of another alphabet."""
    shape = VotingCodeShape(letters="ACDEF", digits="79", specials="@?", length=24)
    kept = Credentials(database, now)
    voting_codes = VotingCodes(database, keyed_hash, shape, attempts, roll, vault, links, journal, kept)
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    assert len(browser.open(issued.box)) == 24
    assert set(browser.open(issued.box)) <= set("ACDEF79@?")


async def test_a_voting_space_opened_with_the_former_code_is_shut(
    voting_codes: VotingCodes, electorate: Electorate, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """A session opened with the code that was lost is asked for the new one; others vote on."""
    await electorate.enrol(CAMILLE)
    sessions, cookies = Sessions(database, keyed_hash, now), {}
    for person in (CAMILLE, SACHA):
        cookies[person.id], session = await sessions.open(elector_id=person.id)
        await sessions.begin_vote(session)
    await voting_codes.reissue_voting_code(Browser().order())
    found = {elector_id: await sessions.find(cookie) for elector_id, cookie in cookies.items()}
    assert {elector_id: session.voting for elector_id, session in found.items() if session} == {
        CAMILLE.id: False,
        SACHA.id: True,
    }
