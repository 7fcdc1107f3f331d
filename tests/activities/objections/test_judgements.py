"""While an objection stands no request of the elector is accepted, whatever is recovered and whatever was typed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest_asyncio
from sqlalchemy import update

from activities.config.settings import key_bytes
from activities.mailings.used_links import MailingLinkOrder
from activities.proofs.attempts import AttemptScope
from activities.recoveries.identifier import IdentifierClaim
from activities.recoveries.links import MailedLink, NewLink
from activities.recoveries.password import PasswordClaim
from activities.recoveries.requests import Renewal, VotingCodeClaim, VotingCodeSubmission
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT, PROOFS
from activities.services import RollServices, build_roll_services
from activities.store.database import Database
from activities.store.objection_table import objections
from activities.store.tables import journal, links, vault_keys
from election.procedures import Procedure, workflow_id_of
from election.proofs.kinds import Proof
from election.stages import Channel
from election.verdicts import LinkVerdict, Verdict
from tests.activities.recoveries.identifier_and_password_harness import IdentifierAndPasswordHarness
from tests.activities.recoveries.identifier_harness import IdentifierHarness
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.people import CAMILLE, SACHA, Electorate, Person
from tests.support.sealed_claims import SealedClaims
from tests.support.signing import KEYS
from tests.support.web_app import open_election, settings_of

_WORKFLOW = workflow_id_of(Procedure.VOTING_CODE, CAMILLE.id)


@pytest_asyncio.fixture
async def services(database: Database, tmp_path: Path) -> RollServices:
    """Every activity, with CAMILLE and SACHA on the roll, of whom CAMILLE has objected."""
    core = settings_of("postgresql://unused")
    keyed = KeyedHash(key_bytes(core.pepper))
    slow = SlowHash(keyed, memory_kib=8, passes=1)
    services = build_roll_services(core, open_election(tmp_path), database, KEYS, slow)
    await Electorate(database, keyed, slow, Clock()).enrol(CAMILLE, SACHA)
    async with database.writing() as connection:
        await services.objection_links.register(connection, _WORKFLOW, "notice", CAMILLE.id)
        assert await services.objection_links.spend(connection, _WORKFLOW, "notice", "run") is LinkVerdict.LIVE
    return services


async def _lift(services: RollServices) -> None:
    async with services.database.writing() as connection:
        assert await services.objection_pauses.lift(connection, CAMILLE.id)


async def _challenge(services: RollServices, number: str, person: Person = CAMILLE, **typed: str) -> Verdict:
    claim, _ = await SealedClaims(services.vault).make(f"request-{number}", f"link-{number}", person, **typed)
    return (await services.requests.judge_challenge(claim)).verdict


async def test_a_voting_code_is_refused_by_challenge_question(services: RollServices) -> None:
    """Right and wrong answers have the same answer; nothing is sealed or registered; another elector is not concerned."""
    assert await _challenge(services, "1") is Verdict.OBJECTED
    assert await _challenge(services, "2", answer="marron") is Verdict.OBJECTED
    assert (await rows(services.database, links), await rows(services.database, vault_keys)) == ([], [])
    refused = [(row["event"], row["outcome"]) for row in await rows(services.database, journal)]
    assert refused == [("voting_code:request:refused", "objected")] * 2
    assert await _challenge(services, "3", SACHA) is Verdict.ACCEPTED
    await _lift(services)
    assert await _challenge(services, "4") is Verdict.ACCEPTED


async def test_no_request_counts_as_a_failure(services: RollServices) -> None:
    """Neither with right proofs nor with wrong ones, of which a pause would tell."""
    for number, answer in enumerate([CAMILLE.answer, "marron", "marron", CAMILLE.answer]):
        assert await _challenge(services, str(number), answer=answer) is Verdict.OBJECTED
        assert await services.proof_attempts.failures(CAMILLE.id, AttemptScope.RECOVERY) == 0


async def test_a_voting_code_is_refused_by_france_connect(services: RollServices) -> None:
    """The identity proves who asks now, not who asked before: support decides."""
    identity = {
        "family_name": "DURAND",
        "given_name": "Claude Alix",
        "birthdate": CAMILLE.birth_date,
        "gender": "female",
        "birthplace": "",
        "birthcountry": "99132",
    }
    sealed = await services.vault.seal(_WORKFLOW, "request", {PROOFS: json.dumps(identity), CONTACT: "a@b.fr"})
    submission = VotingCodeSubmission(
        "request", Channel.EMAIL, sealed[PROOFS], sealed[CONTACT], "", proof=Proof.IDENTITY
    )
    claim = VotingCodeClaim(_WORKFLOW, CAMILLE.id, submission, NewLink("link"))
    assert (await services.requests.judge_identity(claim)).verdict is Verdict.OBJECTED


async def test_a_link_is_not_sent_again(services: RollServices) -> None:
    """Though its request was accepted before."""
    await _lift(services)
    claim, contact = await SealedClaims(services.vault).make("request", "link")
    assert (await services.requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    async with services.database.writing() as connection:
        await connection.execute(update(objections).values(lifted_at=None))
    renewal = Renewal(_WORKFLOW, CAMILLE.id, Channel.SMS, NewLink("link-2", "link", 2), "request", contact)
    assert (await services.requests.renew_link(renewal)).verdict is Verdict.OBJECTED
    assert [row["link_id"] for row in await rows(services.database, links)] == ["link"]


async def test_a_password_s_link_is_not_sent(services: RollServices) -> None:
    """The page has said the same as for everyone."""
    subject = (await services.roll.claimant(CAMILLE.work_email)).subject
    claim = PasswordClaim(workflow_id_of(Procedure.PASSWORD, subject), CAMILLE.id, "request", NewLink("link"))
    judged = await services.passwords.judge_password(claim)
    assert (judged.verdict, judged.contact) == (Verdict.OBJECTED, "")
    await _lift(services)
    assert (await services.passwords.judge_password(claim)).verdict is Verdict.ACCEPTED


async def test_an_identifier_is_refused(services: RollServices) -> None:
    """With and without a sign-in, by right and by wrong proofs; the request is not counted."""
    harness = IdentifierHarness(services.identifiers, services.identifiers.proof, services.vault)

    async def verdict(claim: IdentifierClaim) -> Verdict:
        drawn = await services.identifiers.judge_identifier(claim)
        assert drawn.identifier == drawn.notice == ""
        return drawn.verdict

    for claim in (
        await harness.claim("request-1"),
        await harness.claim("request-2", elector=""),
        await harness.claim("request-3", birth_date="01/01/1950"),
    ):
        assert await verdict(claim) is Verdict.OBJECTED
    await _lift(services)
    drawn = await services.identifiers.judge_identifier(await harness.claim("request"))
    assert drawn.verdict is Verdict.ACCEPTED


async def test_identifier_and_password_are_refused(services: RollServices) -> None:
    """A request's link is not sent, and that of a mailing which was sent since then cannot be used."""
    activities = services.identifier_and_password
    harness = IdentifierAndPasswordHarness(
        activities, services.roll, services.vault, services.links, services.sign_in
    )
    claim = await harness.claim()
    claim = replace(claim, request=replace(claim.request, elector_id=CAMILLE.id))
    judged = await activities.judge_identifier_and_password(claim)
    assert (judged.verdict, judged.contact) == (Verdict.OBJECTED, "")
    mailed = MailedLink(await harness.workflow_id(), "mailed", CAMILLE.id)
    async with services.database.writing() as connection:
        closes = Clock()().replace(year=2100)
        await services.links.register_mailed(connection, Procedure.IDENTIFIER_AND_PASSWORD, [mailed], closes)
    order = MailingLinkOrder(mailed.workflow_id, "mailed")
    assert (await services.mailing_links.find_mailing_link(order)).verdict is LinkVerdict.STOPPED
    await _lift(services)
    assert (await services.mailing_links.find_mailing_link(order)).verdict is LinkVerdict.LIVE
    assert (await activities.judge_identifier_and_password(claim)).verdict is Verdict.ACCEPTED


async def test_the_vote_goes_on(services: RollServices) -> None:
    """The voting code and the password that the elector has work as before."""
    assert (await services.voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)).verdict is (
        Verdict.ACCEPTED
    )
    claimant = await services.roll.claimant(CAMILLE.work_email)
    assert (await services.sign_in.check(claimant, CAMILLE.password)).verdict is Verdict.ACCEPTED
