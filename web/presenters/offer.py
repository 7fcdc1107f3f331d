"""What an election offers, by which pages leave out what it has not."""

from dataclasses import dataclass

from election.procedures import Procedure
from election.rules.proofs import Datum
from election.settings import Election
from election.stages import Channel


@dataclass(frozen=True)
class Offer:
    """What voters of an election meet: a word for anything else has no place on its pages.

    `challenge` and `france_connect` are the two proofs for a new voting code; `identifier` is the notice's, which opens the
    voting space (2018, 2011), as opposed to the work address, by which everyone signs in.
    """

    voting_code: bool
    challenge: bool
    france_connect: bool
    sms: bool
    personal_mailbox: bool
    identifier: bool
    numen: bool
    nir: bool


def offer_of(election: Election, *, has_provider: bool) -> Offer:
    """Return what an election offers; `has_provider` is whether the settings name FranceConnect's provider."""
    procedures, rules = set(election.procedures), election.voting_code_recovery
    has_code = Procedure.VOTING_CODE in procedures
    is_challenged = has_code and rules.challenge_question
    has_printed = bool({Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD} & procedures)
    return Offer(
        voting_code=has_code,
        challenge=is_challenged,
        france_connect=has_code and rules.france_connect and has_provider,
        sms=(is_challenged and Channel.SMS in rules.channels) or Procedure.IDENTIFIER in procedures,
        personal_mailbox=is_challenged and Channel.EMAIL in rules.channels,
        identifier=election.voting_space.identifier_and_password,
        numen=has_printed or (is_challenged and Datum.NUMEN in rules.proofs),
        nir=is_challenged and Datum.NIR in rules.proofs,
    )
