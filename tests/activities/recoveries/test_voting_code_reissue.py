"""The reissue of a voting code: what it replaces, ends, destroys and returns."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.evidence.journal import Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.proofs.attempts import Attempts
from activities.recoveries.links import Links, NewLink
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.terms import Terms
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


async def _is_right(voting_codes: VotingCodes, code: str, person: Person = CAMILLE) -> bool:
    return (await voting_codes.check_voting_code(person.id, code)).verdict is Verdict.ACCEPTED


async def test_the_new_code_replaces_the_old_one(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """The returned code is right, the code of the notice is wrong."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    assert await _is_right(voting_codes, browser.open(issued.box))
    assert not await _is_right(voting_codes, CAMILLE.voting_code)


async def test_an_invalid_public_key_replaces_no_code(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """When the code cannot be sealed to the browser, the old code stays right."""
    await electorate.enrol(CAMILLE)
    with pytest.raises(ValueError, match="public"):
        await voting_codes.reissue_voting_code(signed(Browser().order(), public_key="AAAA"))
    assert await _is_right(voting_codes, CAMILLE.voting_code)


async def test_a_code_has_the_election_s_shape(
    voting_codes: VotingCodes, electorate: Electorate, election: Election
) -> None:
    """Sixteen unambiguous characters of all three kinds; twenty codes differ."""
    await electorate.enrol(CAMILLE)
    shape = election.voting_code
    codes = set()
    for number in range(20):
        issued = await voting_codes.reissue_voting_code((browser := Browser()).order(f"link-{number}"))
        codes.add(browser.open(issued.box))
    assert len(codes) == 20
    for code in codes:
        assert len(code) == 16
        assert set(code) <= set("ACDEFHJKLMNPQRTUVWXY3479@&!?")
        assert shape.fits(code)


async def test_an_elector_without_a_code_gets_one(voting_codes: VotingCodes, electorate: Electorate) -> None:
    """It is the elector's first code."""
    await electorate.enrol(DOMINIQUE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order(person=DOMINIQUE))
    assert await _is_right(voting_codes, browser.open(issued.box), DOMINIQUE)


async def test_a_reissue_leaves_others_and_other_credentials_alone(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """Another elector's code and the elector's own password stay active."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)
    await voting_codes.reissue_voting_code(Browser().order())
    ended = {row["id"] for row in await rows(database, table) if row["ended_at"]}
    assert ended == {f"roll-voting_code-{CAMILLE.id}"}
    assert await _is_right(voting_codes, SACHA.voting_code, SACHA)


async def test_a_reissue_ends_the_links_and_destroys_the_contact_s_key(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, vault: Vault, links: Links
) -> None:
    """The links have their endings, and the contact cannot be unsealed."""
    await electorate.enrol(CAMILLE)
    sealed = await vault.seal(WORKFLOW, "request", {CONTACT: PHONE})
    async with database.writing() as connection:
        for link_id in ("former", "link"):
            await links.register(connection, WORKFLOW, NewLink(link_id), CAMILLE.id)
    endings = {"former": LinkVerdict.REPLACED, "link": LinkVerdict.USED}
    settled = SettledLinks(endings, [key_id("request", CONTACT)])
    await voting_codes.reissue_voting_code(Browser().order(settled=settled))
    with pytest.raises(EnvelopeError):
        await vault.unseal(WORKFLOW, "request", CONTACT, sealed[CONTACT])
    for link_id, ending in endings.items():
        found = await links.find(links.token(WORKFLOW, link_id))
        assert found is not None
        assert found.ending is ending


async def test_the_notice_is_the_sealed_work_address(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, vault: Vault
) -> None:
    """It is sealed under this recovery and link."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code(Browser().order())
    assert await vault.unseal(WORKFLOW, "link", NOTICE, issued.notice) == CAMILLE.work_email
    assert {row["id"] for row in await rows(database, vault_keys)} == {key_id("link", NOTICE)}


async def test_no_code_can_be_read_in_the_database(
    voting_codes: VotingCodes, database: Database, electorate: Electorate
) -> None:
    """A dump contains neither the code nor its sealed form, and no other browser can unseal it."""
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    dump = await text_of(database)
    assert browser.open(issued.box) not in dump
    assert issued.box not in dump
    assert sealed_display.unseal(sealed_display.new_seed(), issued.box) is None


async def test_a_late_reissue_of_an_older_link_is_refused(
    voting_codes: VotingCodes, database: Database, electorate: Electorate, links: Links, now: Clock
) -> None:
    """Its retries run after the newer link's code was displayed: that code stays right."""
    await electorate.enrol(CAMILLE)
    for link_id in ("older", "newer"):
        now.advance(timedelta(minutes=1))
        async with database.writing() as connection:
            await links.register(connection, WORKFLOW, NewLink(link_id), CAMILLE.id)
    shown = await voting_codes.reissue_voting_code((browser := Browser()).order("newer"))
    for _ in range(2):
        with pytest.raises(ApplicationError, match="replaced") as late:
            await voting_codes.reissue_voting_code(Browser().order("older"))
        assert (late.value.type, late.value.non_retryable) == ("LinkVerdict", True)
    assert await _is_right(voting_codes, browser.open(shown.box))


async def test_an_elector_taken_off_the_roll_gets_no_code(voting_codes: VotingCodes, database: Database) -> None:
    """The activity raises LookupError, and nothing is issued."""
    with pytest.raises(LookupError):
        await voting_codes.reissue_voting_code(Browser().order())
    assert await rows(database, table) == []


async def test_an_election_may_have_codes_of_another_shape(
    database: Database,
    keyed_hash: KeyedHash,
    attempts: Attempts,
    roll: Roll,
    vault: Vault,
    notices: SealedNotices,
    links: Links,
    journal: Journal,
    electorate: Electorate,
    reissues: ReissueLimit,
    now: Clock,
    terms: Terms,
) -> None:
    """Here 25 characters of another alphabet."""
    shape = VotingCodeShape(letters="ACDEF", digits="79", specials="@?", length=25)
    parts = (vault, notices, links, journal, Credentials(database, now), reissues, terms)
    voting_codes = VotingCodes(database, keyed_hash, shape, attempts, roll, *parts)
    await electorate.enrol(CAMILLE)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    assert len(browser.open(issued.box)) == 25
    assert set(browser.open(issued.box)) <= set("ACDEF79@?")


async def test_a_new_code_is_not_paused_by_wrong_ones_before(
    voting_codes: VotingCodes, electorate: Electorate
) -> None:
    """Somebody else may have typed them; those of other electors stay counted."""
    for person in (CAMILLE, SACHA):
        await electorate.enrol(person)
        for _ in range(5):
            await voting_codes.check_voting_code(person.id, "wrong")
    paused = await voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)
    issued = await voting_codes.reissue_voting_code((browser := Browser()).order())
    assert paused.verdict is Verdict.PAUSED
    assert await _is_right(voting_codes, browser.open(issued.box))
    assert (await voting_codes.check_voting_code(SACHA.id, SACHA.voting_code)).verdict is Verdict.PAUSED


async def test_a_voting_session_opened_with_the_former_code_ends(
    voting_codes: VotingCodes, electorate: Electorate, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """It must enter the new code; the sessions of other electors go on."""
    await electorate.enrol(CAMILLE)
    sessions, cookies = Sessions(database, keyed_hash, now), {}
    for person in (CAMILLE, SACHA):
        cookies[person.id], session = await sessions.open(elector_id=person.id)
        await sessions.open_voting_space(session)
    await voting_codes.reissue_voting_code(Browser().order())
    found = {elector_id: await sessions.find(cookie) for elector_id, cookie in cookies.items()}
    assert {elector_id: session.voting_space_open for elector_id, session in found.items() if session} == {
        CAMILLE.id: False,
        SACHA.id: True,
    }
