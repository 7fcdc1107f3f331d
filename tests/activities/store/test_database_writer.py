"""Whoever writes to the database without its keys grants nobody anything."""

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import NullPool, create_engine, text

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sessions import Sessions
from activities.limits.quotas import Quotas
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.judgement import Judgement
from activities.proofs.numen import NumenProof
from activities.recoveries.links import Links, NewLink
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.migrate import MigrationError, migrate_to, upgrade
from activities.store.tables import electors
from election.settings import Election
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate
from tests.support.sign_in import sign_in_of

# CAMILLE is the thief, who knows all of her own credentials and writes to the database; SACHA is the victim.
_COPY_CREDENTIAL = """UPDATE credentials SET hash = (SELECT hash FROM credentials
    WHERE elector_id = :thief AND kind = :kind AND ended_at IS NULL) WHERE elector_id = :victim AND kind = :kind"""
_COPY_ANSWER = """UPDATE activations SET answer_hash = (SELECT answer_hash FROM activations WHERE elector_id = :thief)
    WHERE elector_id = :victim"""
_MOVE_IDENTIFIER = "UPDATE credentials SET elector_id = :victim WHERE elector_id = :thief AND kind = 'identifier'"
_FORMER_ELECTOR = "INSERT INTO electors VALUES ('e', 'e@ac-lyon.fr', '', '', '', 'F', '', '', '', '', '')"
_FORMER_CREDENTIAL = "INSERT INTO credentials VALUES ('c', 'e', 'password', 'hash', now(), NULL)"


async def _write(database: Database, statement: str, **values: Any) -> None:
    known = {"thief": CAMILLE.id, "victim": SACHA.id, **values}
    used = {name: value for name, value in known.items() if f":{name}" in statement}
    async with database.writing() as connection:
        assert (await connection.execute(text(statement), used)).rowcount


@pytest.fixture
def sessions(database: Database, keyed_hash: KeyedHash, now: Clock) -> Sessions:
    """The sessions of the web."""
    return Sessions(database, keyed_hash, now)


@pytest_asyncio.fixture
async def both(electorate: Electorate) -> None:
    """The thief and the victim, on the roll with their credentials."""
    await electorate.enrol(CAMILLE)
    await electorate.enrol(SACHA)


@pytest.mark.usefixtures("both")
async def test_a_copied_voting_code_opens_nothing(database: Database, voting_codes: VotingCodes) -> None:
    """The thief's code is wrong for the victim, and still right for the thief."""
    await _write(database, _COPY_CREDENTIAL, kind="voting_code")
    judged = [await voting_codes.check_voting_code(each.id, CAMILLE.voting_code) for each in (SACHA, CAMILLE)]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF, Verdict.ACCEPTED]


@pytest.mark.usefixtures("both")
async def test_a_credential_that_has_ended_is_not_brought_back(
    database: Database, voting_codes: VotingCodes, roll: Roll, now: Clock
) -> None:
    """Its hash is erased when it ends, also by a late repetition of its own reissue: a row made active again fits nothing."""
    kept = Credentials(database, now)
    for kind in (Kind.VOTING_CODE, Kind.IDENTIFIER, Kind.PASSWORD):
        for each in ("one", "two", "one"):
            async with database.writing() as connection:
                await kept.replace(connection, CAMILLE.id, kind, f"{kind}-{each}", f"hash-{each}")
    await _write(database, "DELETE FROM credentials WHERE ended_at IS NULL AND elector_id = :thief")
    hashes = "SELECT hash || mac FROM credentials WHERE elector_id = :thief"
    async with database.reading() as connection:
        assert set((await connection.execute(text(hashes), {"thief": CAMILLE.id})).scalars()) == {""}
    first = "UPDATE credentials SET ended_at = NULL WHERE elector_id = :thief AND id LIKE 'roll-%'"
    await _write(database, first)
    assert (await voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)).verdict is not Verdict.ACCEPTED
    assert (await roll.voting_space_claimant(CAMILLE.identifier)).elector_id is None


@pytest.mark.usefixtures("both")
async def test_a_copied_password_signs_nobody_in(
    database: Database, roll: Roll, slow_hash: SlowHash, keyed_hash: KeyedHash, now: Clock
) -> None:
    """The thief's password is wrong with the victim's identifier."""
    await _write(database, _COPY_CREDENTIAL, kind="password")
    sign_in = sign_in_of(database, slow_hash, keyed_hash, now)
    judged = [
        await sign_in.check(await roll.claimant(each.work_email), CAMILLE.password) for each in (SACHA, CAMILLE)
    ]
    assert [each.verdict for each in judged] == [Verdict.WRONG_PROOF, Verdict.ACCEPTED]


@pytest.mark.usefixtures("both")
async def test_a_copied_secret_answer_proves_nothing(database: Database, challenge: ChallengeProof) -> None:
    """The thief's answer is wrong in the victim's recovery, with the victim's NUMEN."""
    await _write(database, _COPY_ANSWER)
    assert (await challenge.check(SACHA.id, "try", CAMILLE.answer, SACHA.numen)).verdict is Verdict.WRONG_PROOF
    assert (await challenge.check(CAMILLE.id, "try", CAMILLE.answer, CAMILLE.numen)).verdict is Verdict.ACCEPTED


@pytest.mark.usefixtures("both")
async def test_a_moved_identifier_is_nobody_s(database: Database, roll: Roll) -> None:
    """The thief's identifier in the victim's name finds no elector."""
    assert (await roll.voting_space_claimant(CAMILLE.identifier)).elector_id == CAMILLE.id
    await _write(database, "DELETE FROM credentials WHERE elector_id = :victim AND kind <> 'password'")
    await _write(database, _MOVE_IDENTIFIER)
    assert (await roll.voting_space_claimant(CAMILLE.identifier)).elector_id is None
    assert (await roll.claimant(CAMILLE.identifier)).elector_id is None


@pytest.mark.usefixtures("both")
async def test_an_elector_with_another_mailbox_is_not_found(database: Database, roll: Roll) -> None:
    """No link, notice or code goes to an address that no import has written."""
    await _write(database, "UPDATE electors SET work_email = 'thief@ac-lyon.fr' WHERE id = :victim")
    assert (await roll.claimant("thief@ac-lyon.fr")).elector_id is None
    assert (await roll.claimant(SACHA.work_email)).elector_id is None
    assert await roll.elector(SACHA.id) is None
    with pytest.raises(LookupError):
        await roll.work_email(SACHA.id)
    assert (await roll.elector(CAMILLE.id)) is not None


@pytest.mark.parametrize("column", [each.name for each in electors.c if each.name not in {"id", "mac", "sex"}])
@pytest.mark.usefixtures("both")
async def test_an_elector_s_data_cannot_be_replaced(database: Database, roll: Roll, column: str) -> None:
    """Whatever the column, the elector is no longer found, rather than found with the thief's proofs."""
    await _write(database, f"UPDATE electors SET {column} = 'another' WHERE id = :victim")  # noqa: S608 - of the table
    assert await roll.elector(SACHA.id) is None
    assert (await roll.claimant(SACHA.work_email)).elector_id is None


@pytest.mark.usefixtures("both")
async def test_a_copied_numen_proves_nothing(
    database: Database, attempts: Attempts, keyed_hash: KeyedHash
) -> None:
    """The thief's NUMEN in the victim's row gets no identifier in the victim's name."""
    proof = NumenProof(database, keyed_hash, attempts, attempts)
    asked = (CAMILLE.numen, "02/05/1985")
    assert (await proof.check("subject", "one", *asked)) == (Judgement(Verdict.ACCEPTED), CAMILLE.id)
    stolen = keyed_hash.hash("numen", CAMILLE.numen)
    await _write(database, "UPDATE electors SET numen_hash = 'none' WHERE id = :thief")
    await _write(database, "UPDATE electors SET numen_hash = :stolen WHERE id = :victim", stolen=stolen)
    assert (await proof.check("subject", "two", *asked)) == (Judgement(Verdict.WRONG_PROOF), "")


async def test_a_session_cannot_be_given_to_another_elector(database: Database, sessions: Sessions) -> None:
    """A row with another elector, claimant or date of sign-in is no session."""
    changes = ["elector_id = :victim", "opened_at = opened_at + interval '1 hour'", "claimant_subject = 'x'"]
    for change in changes:
        cookie, _ = await sessions.open(CAMILLE.id)
        assert await sessions.find(cookie) is not None
        await _write(database, f"UPDATE sessions SET {change}")  # noqa: S608 - of the list
        assert await sessions.find(cookie) is None
        await _write(database, "DELETE FROM sessions")


async def test_a_claim_cannot_become_a_sign_in(database: Database, sessions: Sessions) -> None:
    """A session between identifier and password is given neither the elector nor another claimant."""
    for change in ("elector_id = :victim", "claimant_elector_id = :victim"):
        cookie, session = sessions.anonymous()
        await sessions.claim(session, Claimant("subject", CAMILLE.id))
        await _write(database, f"UPDATE sessions SET {change}")  # noqa: S608 - of the list
        assert await sessions.find(cookie) is None
        await _write(database, "DELETE FROM sessions")


async def test_the_voting_space_opens_by_its_code_alone(database: Database, sessions: Sessions) -> None:
    """What opens it to one session opens it to no other, and deleting it closes it without a key."""
    thief, own = await sessions.open(CAMILLE.id)
    victim, other = await sessions.open(SACHA.id)
    await sessions.open_voting_space(own)
    await _write(database, "UPDATE sessions SET voting_space_mac = (SELECT max(voting_space_mac) FROM sessions)")
    assert [await sessions.find(each) for each in (thief, victim)] == [replace(own, voting_space_open=True), other]
    await _write(database, "UPDATE sessions SET voting_space_mac = NULL")
    assert [await sessions.find(each) for each in (thief, victim)] == [own, other]


async def test_a_link_cannot_lead_to_another_recovery(database: Database, links: Links) -> None:
    """The thief's own link, changed to the victim's recovery, is unknown: nothing is signed for it."""
    async with database.writing() as connection:
        await links.register(connection, "mot-de-passe/thief", NewLink("own"), "thief")
        await links.register(connection, "mot-de-passe/victim", NewLink("other"), "victim")
    token = links.token("mot-de-passe/thief", "own")
    assert await links.find(token) is not None
    await _write(database, "DELETE FROM links WHERE link_id = 'other'")
    for change in ("workflow_id = 'mot-de-passe/victim'", "link_id = 'other'"):
        await _write(database, f"UPDATE links SET {change}")  # noqa: S608 - of the list
        assert await links.find(token) is None


@pytest.mark.usefixtures("both")
async def test_a_new_identifier_cannot_be_given_to_another_elector(
    database: Database, keyed_hash: KeyedHash, vault: Vault, election: Election, now: Clock
) -> None:
    """An identifier that was sent to the thief's telephone is not activated for the victim."""
    quotas = Quotas(election)
    pending = UnactivatedIdentifiers(database, keyed_hash, election.identifier, vault, quotas, now)
    row = await pending.generate("identifiant/thief", "request", CAMILLE.id, "+33612345678")
    async with database.writing() as connection:
        await pending.add(connection, row)
    assert await pending.elector_of("identifiant/thief", "request") == CAMILLE.id
    await _write(database, "UPDATE generated_identifiers SET elector_id = :victim")
    assert await pending.elector_of("identifiant/thief", "request") is None


def test_credentials_of_an_earlier_version_are_refused(empty_url: str) -> None:
    """The migration says in one line what to do, and changes nothing."""
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
        connection.execute(text(_FORMER_ELECTOR))
        connection.execute(text(_FORMER_CREDENTIAL))
    with pytest.raises(MigrationError, match=r"cannot be converted.*delete the folder \.run") as refused:
        upgrade(empty_url)
    assert "\n" not in str(refused.value)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
