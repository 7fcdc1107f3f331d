"""A forgotten password is replaced: in one instant the new one works, the old is dead, and all sessions end."""

from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Journal
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.recoveries.links import InvalidSignatureError, LinkRecord, Links, NewLink
from activities.recoveries.password import ChoosePassword, PasswordClaim, PasswordReplacement, Passwords
from activities.recoveries.requests import SettledLinks
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from activities.store.tables import vault_keys
from election.settings import Election
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person

NEW = "Éléphant d’octobre 1943"
ENDINGS = {"link": LinkVerdict.USED}


@pytest.fixture
def sign_in(
    database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, election: Election, now: Clock
) -> SignIn:
    """Signing in, with counted tries."""
    counted = Attempts(database, election.sign_in_attempts, now)
    return SignIn(database, slow_hash, counted, KnownBrowsers(keyed_hash))


@pytest_asyncio.fixture
async def passwords(
    database: Database,
    slow_hash: SlowHash,
    election: Election,
    roll: Roll,
    vault: Vault,
    links: Links,
    journal: Journal,
    sign_in: SignIn,
    now: Clock,
    electorate: Electorate,
) -> Passwords:
    """Passwords, with three people on the roll: DOMINIQUE has none yet."""
    for person in (CAMILLE, SACHA, DOMINIQUE):
        await electorate.enrol(person)
    asked = Attempts(database, election.password_requests, now)
    kept = Credentials(database, now)
    return Passwords(database, slow_hash, asked, roll, vault, links, journal, kept, sign_in)


async def _id(roll: Roll, person: Person = CAMILLE) -> str:
    return f"password/{(await roll.claimant(person.work_email)).subject}"


async def _order(passwords: Passwords, roll: Roll, link: str = "link", password: str = NEW) -> PasswordReplacement:
    place = LinkRecord(await _id(roll), link, LinkVerdict.LIVE)
    choice = ChoosePassword(link, *await passwords.seal_new(place, password))
    return PasswordReplacement(place.workflow_id, CAMILLE.id, choice, SettledLinks(ENDINGS))


async def _lets_in(sign_in: SignIn, roll: Roll, password: str, person: Person = CAMILLE) -> Verdict:
    return (await sign_in.check(await roll.claimant(person.work_email), password)).verdict


async def test_a_link_goes_to_the_work_mailbox_of_an_elector_who_has_a_password(
    passwords: Passwords, roll: Roll, vault: Vault, links: Links
) -> None:
    """Run twice, the claim has one link and one entry, and the address is readable for this recovery alone."""
    place = await _id(roll)
    claim = PasswordClaim(place, CAMILLE.id, "request", NewLink("link"))
    first, again = await passwords.judge_password(claim), await passwords.judge_password(claim)
    assert first.verdict is again.verdict is Verdict.TAKEN
    for judged in (first, again):
        assert await vault.unseal(place, "request", CONTACT, judged.contact) == CAMILLE.work_email
    assert await links.find(links.token(place, "link")) is not None


async def test_nobody_else_gets_a_link(passwords: Passwords, roll: Roll, database: Database) -> None:
    """An unknown identifier, an account without a password, another's recovery, a late request: no link, no key."""
    place = await _id(roll)
    in_vain = [
        PasswordClaim(f"password/{'f' * 64}", "", "1", NewLink("link-1")),
        PasswordClaim(await _id(roll, DOMINIQUE), DOMINIQUE.id, "2", NewLink("link-2")),
        PasswordClaim(await _id(roll, SACHA), CAMILLE.id, "3", NewLink("link-3")),
        PasswordClaim(place, "e" * 32, "4", NewLink("link-4")),
        PasswordClaim(place, CAMILLE.id, "5", NewLink("link-5"), Verdict.CLOSED),
    ]
    judged = [await passwords.judge_password(claim) for claim in in_vain]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF] * 4 + [Verdict.CLOSED]
    assert {each.contact for each in judged} == {""}
    assert await rows(database, vault_keys) == []
    assert {row["event"] for row in await rows(database, journal_table)} == {"password:request:refused"}


async def test_a_new_password_works_and_the_old_one_is_dead(
    passwords: Passwords, roll: Roll, sign_in: SignIn, vault: Vault, database: Database
) -> None:
    """Run twice it is replaced once; nothing readable is left but the address for the notice."""
    order = await _order(passwords, roll)
    order = replace(order, settled=replace(order.settled, key_ids=[key_id("request", CONTACT)]))
    await vault.seal(order.workflow_id, "request", {CONTACT: CAMILLE.work_email})
    for _ in range(2):
        notice = await passwords.replace_password(order)
        assert await vault.unseal(order.workflow_id, "link", NOTICE, notice) == CAMILLE.work_email
    assert await _lets_in(sign_in, roll, NEW) is Verdict.TAKEN
    assert await _lets_in(sign_in, roll, CAMILLE.password) is Verdict.WRONG_PROOF
    assert await _lets_in(sign_in, roll, SACHA.password, SACHA) is Verdict.TAKEN
    assert [row["id"] for row in await rows(database, vault_keys)] == [key_id("link", NOTICE)]
    assert [row["event"] for row in await rows(database, journal_table)] == ["password:password:replaced"]
    assert NEW not in await text_of(database)


async def test_a_link_that_was_used_says_so_once_its_recovery_is_forgotten(
    passwords: Passwords, roll: Roll, links: Links
) -> None:
    """It is noted in the same transaction: Temporal may have deleted the history when the link is opened again."""
    place = await _id(roll)
    await passwords.judge_password(PasswordClaim(place, CAMILLE.id, "request", NewLink("link")))
    await passwords.replace_password(await _order(passwords, roll))
    assert await links.find(links.token(place, "link")) == LinkRecord(place, "link", LinkVerdict.USED)


async def test_an_accent_is_the_same_on_every_keyboard(passwords: Passwords, roll: Roll, sign_in: SignIn) -> None:
    """Chosen on a keyboard that composes its accents, a password opens from one that does not."""
    await passwords.replace_password(await _order(passwords, roll, password=normalize("NFD", NEW)))
    assert await _lets_in(sign_in, roll, normalize("NFC", NEW)) is Verdict.TAKEN


async def test_every_session_of_the_elector_ends_and_paused_sign_ins_are_open_again(
    passwords: Passwords, roll: Roll, sign_in: SignIn, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """A session opened with the old password ends; others stay; wrong passwords of strangers are forgotten."""
    sessions = Sessions(database, keyed_hash, now)
    mine, theirs = [(await sessions.open(person.id))[0] for person in (CAMILLE, SACHA)]
    while await _lets_in(sign_in, roll, "wrong") is not Verdict.PAUSED:
        pass
    await passwords.replace_password(await _order(passwords, roll))
    assert await sessions.find(mine) is None
    assert await sessions.find(theirs) is not None
    assert await _lets_in(sign_in, roll, NEW) is Verdict.TAKEN


async def test_a_choice_that_the_web_has_not_signed_is_refused(
    passwords: Passwords, roll: Roll, sign_in: SignIn
) -> None:
    """Without the web's signature, for another link, or in another elector's name, the password stays."""
    order = await _order(passwords, roll)
    forged = [
        replace(order, choice=replace(order.choice, signature="")),
        replace(order, choice=replace(order.choice, link_id="other")),
        replace(order, elector_id=SACHA.id),
    ]
    for each in forged:
        with pytest.raises(InvalidSignatureError):
            await passwords.replace_password(each)
    assert await _lets_in(sign_in, roll, CAMILLE.password) is Verdict.TAKEN
    assert await _lets_in(sign_in, roll, SACHA.password, SACHA) is Verdict.TAKEN


async def test_a_hash_whose_key_is_destroyed_replaces_nothing(
    passwords: Passwords, roll: Roll, vault: Vault, database: Database, sign_in: SignIn
) -> None:
    """An envelope found in an old history is of no use."""
    order = await _order(passwords, roll)
    async with database.writing() as connection:
        await vault.destroy(connection, [key_id("link", "new-hash")])
    with pytest.raises(EnvelopeError):
        await passwords.replace_password(order)
    assert await _lets_in(sign_in, roll, CAMILLE.password) is Verdict.TAKEN


async def test_a_form_that_is_sent_again_and_again_is_counted(
    passwords: Passwords, roll: Roll, now: Clock
) -> None:
    """A second click is the same request; the same form once a minute is one request after the other."""
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(4):  # the wait after the third is a minute, and over when the fourth comes
        for _click in range(2):
            assert await passwords.count_request(claimant, "the same form") is None
        now.advance(timedelta(minutes=1))
    assert await passwords.count_request(claimant, "the same form") is not None


async def test_requests_are_counted_for_known_and_unknown_alike(
    passwords: Passwords, roll: Roll, database: Database, election: Election, now: Clock
) -> None:
    """After three, the next one waits a minute, on the roll or not; a new password clears the count."""
    for identifier in (CAMILLE.work_email, "personne@ac-lyon.fr"):
        claimant = await roll.claimant(identifier)
        shut = [await passwords.count_request(claimant, f"request-{number}") for number in range(4)]
        assert shut[:3] == [None, None, None]
        assert shut[3] is not None
    await passwords.replace_password(await _order(passwords, roll))
    asked = Attempts(database, election.password_requests, now)
    subject = (await roll.claimant(CAMILLE.work_email)).subject
    assert await asked.count(Attempt(subject, AttemptScope.PASSWORD, "next")) is None
