"""The activities of password recovery: who gets a link, and what the replacement changes."""

from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Journal
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts
from activities.recoveries import clicks
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.password import ChoosePassword, PasswordClaim, PasswordReplacement, Passwords
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from activities.store.tables import vault_keys
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import LinkVerdict, Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.people import CAMILLE, DOMINIQUE, SACHA, Electorate, Person
from tests.support.sign_in import sign_in_of
from tests.support.signing import SOMEBODY, WEB

NEW = "Éléphant d’octobre 1943"
ENDINGS = {"link": LinkVerdict.USED}


@pytest.fixture
def sign_in(
    database: Database, slow_hash: SlowHash, keyed_hash: KeyedHash, election: Election, now: Clock
) -> SignIn:
    """Signing in, with limited attempts."""
    return sign_in_of(database, slow_hash, keyed_hash, now, election.sign_in_attempts)


@pytest_asyncio.fixture
async def passwords(
    database: Database,
    slow_hash: SlowHash,
    election: Election,
    roll: Roll,
    vault: Vault,
    notices: SealedNotices,
    links: Links,
    pauses: ObjectionPauses,
    journal: Journal,
    now: Clock,
    electorate: Electorate,
    pending: UnactivatedIdentifiers,
    terms: Terms,
) -> Passwords:
    """Passwords, with three people on the roll: DOMINIQUE has none yet."""
    for person in (CAMILLE, SACHA, DOMINIQUE):
        await electorate.enrol(person)
    requests = Attempts(database, election.password_requests, now)
    parts = (journal, Credentials(database, now), OtherRecoveries(links, pending), pauses, terms)
    return Passwords(database, slow_hash, requests, roll, vault, notices, links, *parts)


async def _workflow_id(roll: Roll, person: Person = CAMILLE) -> str:
    return workflow_id_of(Procedure.PASSWORD, (await roll.claimant(person.work_email)).subject)


async def _order(
    passwords: Passwords, roll: Roll, link_id: str = "link", password: str = NEW
) -> PasswordReplacement:
    link = LinkRecord(await _workflow_id(roll), link_id, LinkVerdict.LIVE)
    choice = clicks.signed(
        WEB, link.workflow_id, ChoosePassword(link_id, await passwords.seal_new(link, password))
    )
    return PasswordReplacement(link.workflow_id, CAMILLE.id, choice, SettledLinks(ENDINGS))


async def _sign_in_verdict(sign_in: SignIn, roll: Roll, password: str, person: Person = CAMILLE) -> Verdict:
    return (await sign_in.check(await roll.claimant(person.work_email), password)).verdict


async def test_a_link_goes_to_the_work_mailbox_of_an_elector_who_has_a_password(
    passwords: Passwords, roll: Roll, vault: Vault, links: Links
) -> None:
    """Judged twice, the claim has one link, and the address is sealed for this recovery."""
    workflow_id = await _workflow_id(roll)
    claim = PasswordClaim(workflow_id, CAMILLE.id, "request", NewLink("link"))
    first, again = await passwords.judge_password(claim), await passwords.judge_password(claim)
    assert first.verdict is again.verdict is Verdict.ACCEPTED
    for judged in (first, again):
        assert await vault.unseal(workflow_id, "request", CONTACT, judged.contact) == CAMILLE.work_email
    assert await links.find(links.token(workflow_id, "link")) is not None


async def test_other_claims_get_no_link(passwords: Passwords, roll: Roll, database: Database) -> None:
    """An unknown identifier, an account without a password, another elector's recovery, a late request."""
    workflow_id = await _workflow_id(roll)
    refused = [
        PasswordClaim(workflow_id_of(Procedure.PASSWORD, "f" * 64), "", "1", NewLink("link-1")),
        PasswordClaim(await _workflow_id(roll, DOMINIQUE), DOMINIQUE.id, "2", NewLink("link-2")),
        PasswordClaim(await _workflow_id(roll, SACHA), CAMILLE.id, "3", NewLink("link-3")),
        PasswordClaim(workflow_id, "e" * 32, "4", NewLink("link-4")),
        PasswordClaim(workflow_id, CAMILLE.id, "5", NewLink("link-5"), Verdict.CLOSED),
    ]
    judged = [await passwords.judge_password(claim) for claim in refused]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF] * 4 + [Verdict.CLOSED]
    assert {each.contact for each in judged} == {""}
    # An elector's id that does not fit the recovery's is written nowhere.
    assert [each.terms.elector_id for each in judged] == ["", "", "", "", CAMILLE.id]
    journalled = [row["actor"] for row in await rows(database, journal_table)]
    assert journalled == ["", "", "", "", CAMILLE.id]
    assert await rows(database, vault_keys) == []
    assert {row["event"] for row in await rows(database, journal_table)} == {"password:request:refused"}


async def test_a_new_password_replaces_the_old_one(
    passwords: Passwords, roll: Roll, sign_in: SignIn, vault: Vault, database: Database
) -> None:
    """Run twice, it is replaced once; the only key left is that of the notice's address."""
    order = await _order(passwords, roll)
    order = replace(order, settled=replace(order.settled, key_ids=[key_id("request", CONTACT)]))
    await vault.seal(order.workflow_id, "request", {CONTACT: CAMILLE.work_email})
    for _ in range(2):
        replaced = await passwords.replace_password(order)
        assert await vault.unseal(order.workflow_id, "link", NOTICE, replaced.notice) == CAMILLE.work_email
    assert await _sign_in_verdict(sign_in, roll, NEW) is Verdict.ACCEPTED
    assert await _sign_in_verdict(sign_in, roll, CAMILLE.password) is Verdict.WRONG_PROOF
    assert await _sign_in_verdict(sign_in, roll, SACHA.password, SACHA) is Verdict.ACCEPTED
    assert [row["id"] for row in await rows(database, vault_keys)] == [key_id("link", NOTICE)]
    assert [row["event"] for row in await rows(database, journal_table)] == ["password:password:replaced"]
    assert NEW not in await text_of(database)


async def test_a_used_link_is_stored_as_used(passwords: Passwords, roll: Roll, links: Links) -> None:
    """In the same transaction, since Temporal may have deleted the history when the link is opened again."""
    workflow_id = await _workflow_id(roll)
    await passwords.judge_password(PasswordClaim(workflow_id, CAMILLE.id, "request", NewLink("link")))
    await passwords.replace_password(await _order(passwords, roll))
    assert await links.find(links.token(workflow_id, "link")) == LinkRecord(
        workflow_id, "link", LinkVerdict.USED, CAMILLE.id
    )


async def test_a_password_is_normalised(passwords: Passwords, roll: Roll, sign_in: SignIn) -> None:
    """Chosen with decomposed accents, a password is right with composed ones."""
    await passwords.replace_password(await _order(passwords, roll, password=normalize("NFD", NEW)))
    assert await _sign_in_verdict(sign_in, roll, normalize("NFC", NEW)) is Verdict.ACCEPTED


async def test_every_session_of_the_elector_ends_and_new_browsers_still_need_a_code(
    passwords: Passwords, roll: Roll, sign_in: SignIn, database: Database, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The elector's sessions end, those of others do not; that wrong passwords were forgotten would tell who is on the roll."""
    sessions = Sessions(database, keyed_hash, now)
    own, other = [(await sessions.open(person.id))[0] for person in (CAMILLE, SACHA)]
    wrong = [await _sign_in_verdict(sign_in, roll, "wrong") for _ in range(6)]
    assert wrong[-1] is Verdict.CODE_NEEDED
    await passwords.replace_password(await _order(passwords, roll))
    assert await sessions.find(own) is None
    assert await sessions.find(other) is not None
    judged = await sign_in.check(await roll.claimant(CAMILLE.work_email), NEW)
    assert (judged.verdict, judged.is_right) == (Verdict.CODE_NEEDED, True)


async def test_a_choice_that_the_web_has_not_signed_is_refused(
    passwords: Passwords, roll: Roll, sign_in: SignIn
) -> None:
    """Without the web's signature, for another link or for another elector, no password is replaced."""
    order = await _order(passwords, roll)
    forged = [
        replace(order, choice=replace(order.choice, signature="")),
        replace(order, choice=replace(order.choice, link_id="other")),
        replace(order, choice=clicks.signed(SOMEBODY, order.workflow_id, order.choice)),
        replace(order, elector_id=SACHA.id),
    ]
    for each in forged:
        with pytest.raises(InvalidSignatureError):
            await passwords.replace_password(each)
    assert await _sign_in_verdict(sign_in, roll, CAMILLE.password) is Verdict.ACCEPTED
    assert await _sign_in_verdict(sign_in, roll, SACHA.password, SACHA) is Verdict.ACCEPTED


async def test_a_hash_whose_key_is_destroyed_replaces_nothing(
    passwords: Passwords, roll: Roll, vault: Vault, database: Database, sign_in: SignIn
) -> None:
    """A sealed hash from an old history cannot be used."""
    order = await _order(passwords, roll)
    async with database.writing() as connection:
        await vault.destroy(connection, [key_id("link", "new-hash")])
    with pytest.raises(EnvelopeError):
        await passwords.replace_password(order)
    assert await _sign_in_verdict(sign_in, roll, CAMILLE.password) is Verdict.ACCEPTED


async def test_a_form_that_is_sent_again_is_counted(passwords: Passwords, roll: Roll, now: Clock) -> None:
    """A second click is the same request; the same form a minute later is another request."""
    claimant = await roll.claimant(CAMILLE.work_email)
    for _ in range(4):  # after the third comes a pause of a minute, which is over before the fourth
        for _click in range(2):
            assert await passwords.count_request(claimant, "the same form") is None
        now.advance(timedelta(minutes=1))
    assert await passwords.count_request(claimant, "the same form") is not None


async def test_requests_are_counted_for_known_and_unknown_identifiers(passwords: Passwords, roll: Roll) -> None:
    """After three requests the next one is paused, on the roll or not; a new password changes nothing that strangers see."""
    for identifier in (CAMILLE.work_email, "personne@ac-lyon.fr"):
        claimant = await roll.claimant(identifier)
        pauses = [await passwords.count_request(claimant, f"request-{number}") for number in range(4)]
        assert pauses[:3] == [None, None, None]
        assert pauses[3] is not None
    await passwords.replace_password(await _order(passwords, roll))
    assert await passwords.count_request(await roll.claimant(CAMILLE.work_email), "request-5") is not None
