"""The election's file: calendar, procedures, channels, lifetimes and limits."""

import tomllib
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from election.attempts import (
    AttemptRules,
    CodeMailRules,
    ProofAttemptRules,
    RequestRules,
    SignInAttemptRules,
    SupportLetterRules,
)
from election.calendar import Calendar
from election.passwords import PasswordRules
from election.procedures import Procedure
from election.proofs.kinds import Proof
from election.rules.bureau import BureauRules
from election.rules.gateways import GatewayRules
from election.rules.languages import FOLDER, LanguageRules
from election.rules.legal import LegalRules
from election.rules.proofs import SHORTEST_WAIT_AFTER_PASSWORD_RECOVERY, AfterPasswordRecovery, Datum, ProofDatum
from election.rules.retention import RetentionRules
from election.rules.security import SecurityRules
from election.rules.sign_in import SignInRules
from election.rules.sms import SmsRules
from election.rules.sms_sender import SmsSender
from election.rules.support import SupportContact
from election.rules.texts import NO_DOUBLES, ElectionId, Name, WorkDomain
from election.shapes import GeneratedPasswordShape, IdentifierShape, VotingCodeShape
from election.stages import Channel
from election.weaknesses import weaknesses

Lifetime = Annotated[timedelta, Field(gt=timedelta(0))]


class ElectionFileError(Exception):
    """Raised when an election file cannot be used; the text names the file, the key and what it must be."""


class LinkRules(BaseModel, frozen=True, extra="forbid"):
    """The lifetime of a link, by channel.

    NIST SP 800-63B-4: 10 minutes at most by SMS, 24 hours by e-mail. The ten minutes count from the delivery
    receipt, since an SMS of 2018 took 25 minutes to arrive; without a receipt the link expires `sms_max_lifetime` after
    the gateway accepted it.
    """

    sms_lifetime: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=10))] = timedelta(minutes=10)
    sms_max_lifetime: Lifetime = timedelta(hours=1)
    email_lifetime: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=24))] = timedelta(hours=24)

    @model_validator(mode="after")
    def _without_a_receipt_not_shorter(self) -> Self:
        if self.sms_max_lifetime < self.sms_lifetime:
            raise ValueError("`sms_max_lifetime` is below `sms_lifetime`: write a duration that is not below it")
        return self


class DeliveryRules(BaseModel, frozen=True, extra="forbid"):
    """When a message counts as late, how long sends are retried, and how many a voter may request."""

    late_after: Lifetime = timedelta(minutes=1)
    retry_for: Lifetime = timedelta(hours=1)
    max_sends: Annotated[int, Field(ge=1)] = 8
    between_sends: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(seconds=60)


class VotingCodeRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of a voting code (2022): its proofs, channels and display window, and how many new codes an elector has in all.

    `proofs` are the data of which one is asked beside the secret answer. `after_password_recovery` is how long a request
    by challenge question is refused after the password was recovered: the work mailbox alone must not suffice.
    """

    challenge_question: bool = False
    proofs: Annotated[tuple[Datum, ...], Field(min_length=1), NO_DOUBLES] = (Datum.NUMEN,)
    after_password_recovery: AfterPasswordRecovery = timedelta(days=1)
    france_connect: bool = False
    france_connect_legal_basis: str = ""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1), NO_DOUBLES] = (Channel.SMS, Channel.EMAIL)
    display_window: Lifetime = timedelta(seconds=120)
    reissues: Annotated[int, Field(ge=1)] = 5

    @model_validator(mode="after")
    def _france_connect_has_its_text(self) -> Self:
        if self.france_connect and not self.france_connect_legal_basis.strip():
            raise ValueError(
                "`france_connect` needs `france_connect_legal_basis`, the text that allows it (in 2022: arrêté du 9 mai 2022)"
            )
        return self

    def offers(self, proof: Proof) -> bool:
        """Return whether electors may prove who they are in this way."""
        return self.france_connect if proof is Proof.IDENTITY else self.challenge_question


class IdentifierRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of an identifier (2018): how many requests an elector has, and how often one number is used.

    A request whose identifier opened the voting space within `confirmed_within` stays counted; any other gives its place back. The
    time runs from the request, or from the opening of the vote if that is later.
    """

    max_requests: Annotated[int, Field(ge=1)] = 3
    max_uses_per_number: Annotated[int, Field(ge=1)] = 3
    confirmed_within: Annotated[timedelta, Field(ge=timedelta(hours=1), le=timedelta(days=30))] = timedelta(days=1)


class IdentifierAndPasswordRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of identifier and password by a link (2011): how long the password is shown."""

    display_window: Lifetime = timedelta(minutes=10)


class VotingSpaceRules(BaseModel, frozen=True, extra="forbid"):
    """What opens the voting space beside the voting code of 2022."""

    identifier_and_password: bool = False


class Election(BaseModel, frozen=True, extra="forbid"):
    """One election's settings, read once at start."""

    id: ElectionId
    name: Name
    organiser: Name
    support: SupportContact
    legal: LegalRules
    support_letters: SupportLetterRules = SupportLetterRules()
    sms_sender: SmsSender
    time_zone: str = "Europe/Paris"
    calendar: Calendar
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1), NO_DOUBLES] = (Procedure.VOTING_CODE,)
    work_mail_domains: Annotated[tuple[WorkDomain, ...], Field(min_length=1), NO_DOUBLES]
    voting_code: VotingCodeShape = VotingCodeShape()
    voting_code_recovery: VotingCodeRecoveryRules = VotingCodeRecoveryRules()
    identifier: IdentifierShape = IdentifierShape()
    identifier_recovery: IdentifierRecoveryRules = IdentifierRecoveryRules()
    identifier_and_password_recovery: IdentifierAndPasswordRecoveryRules = IdentifierAndPasswordRecoveryRules()
    generated_password: GeneratedPasswordShape = GeneratedPasswordShape()
    voting_space: VotingSpaceRules = VotingSpaceRules()
    links: LinkRules = LinkRules()
    delivery: DeliveryRules = DeliveryRules()
    gateways: GatewayRules = GatewayRules()
    sms: SmsRules = SmsRules()
    attempts: AttemptRules = AttemptRules()
    proof_attempts: ProofAttemptRules = ProofAttemptRules()
    proof_datum: ProofDatum | None = None
    sign_in_attempts: SignInAttemptRules = SignInAttemptRules()
    sign_in: SignInRules = SignInRules()
    sign_in_code_mails: CodeMailRules = CodeMailRules()
    password: PasswordRules = PasswordRules()
    password_requests: RequestRules = RequestRules()
    retention: RetentionRules = RetentionRules()
    security: SecurityRules = SecurityRules()
    bureau: BureauRules = BureauRules()
    language: LanguageRules = LanguageRules()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in _time_zones():
            raise ValueError(f"`{name}` is not a time zone; write one as `Europe/Paris`")
        return name

    @model_validator(mode="after")
    def _sections_agree(self) -> Self:
        faults = [
            fault for check in (self._password_fault, self._space_fault, self._proof_fault) for fault in check()
        ]
        try:
            object.__setattr__(self, "calendar", self.calendar.in_zone(self.zone))
        except ValueError as error:
            faults.append(str(error))
        faults += self._weakness_faults()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _password_fault(self) -> list[str]:
        length, rules = self.generated_password.length, self.password
        is_drawn = Procedure.IDENTIFIER_AND_PASSWORD in self.procedures
        if is_drawn and not rules.min_length <= length <= rules.max_length:
            return ["`generated_password.length` must be between `password.min_length` and `password.max_length`"]
        return []

    def _space_fault(self) -> list[str]:
        reissuing = {Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD} & set(self.procedures)
        if reissuing and not self.voting_space.identifier_and_password:
            return ["`voting_space.identifier_and_password` must be true where identifiers are reissued"]
        return []

    def _proof_fault(self) -> list[str]:
        if (Datum.OTHER in self.voting_code_recovery.proofs) != (self.proof_datum is not None):
            return [
                "`voting_code_recovery.proofs` must name `datum` where `[proof_datum]` describes it, and only there"
            ]
        return []

    def _weakness_faults(self) -> list[str]:
        recovery = self.voting_code_recovery
        proofs = recovery.proofs if recovery.challenge_question else ()
        is_challenged = recovery.challenge_question or recovery.france_connect
        if Procedure.VOTING_CODE in self.procedures and not is_challenged:
            return ["`voting_code_recovery` must offer `challenge_question`, `france_connect` or both"]
        waits = recovery.after_password_recovery >= SHORTEST_WAIT_AFTER_PASSWORD_RECOVERY
        found = weaknesses(
            self.procedures, proofs, challenge=is_challenged, waits=waits or not recovery.challenge_question
        )
        return self.security.faults(found)

    @property
    def code_wait(self) -> timedelta:
        """How long no code can be requested by challenge question once a password was recovered; zero where it is not offered."""
        recovery = self.voting_code_recovery
        is_offered = Procedure.VOTING_CODE in self.procedures and recovery.challenge_question
        return recovery.after_password_recovery if is_offered else timedelta(0)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the election's dates."""
        return ZoneInfo(self.time_zone)


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones; the search reads hundreds of files."""
    return frozenset(available_timezones())


def load(path: Path) -> Election:
    """Return the election that a TOML file describes.

    Raises:
        ElectionFileError: the file is missing or no TOML, or a key is missing, unknown or wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows writes a byte order mark
        return Election.model_validate(tomllib.loads(text), context={FOLDER: path.parent})
    except OSError as error:
        raise ElectionFileError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ElectionFileError(f"{path}: is not a TOML file ({error})") from error
    except ValidationError as error:
        faults = [_fault(detail["loc"], detail["msg"]) for detail in error.errors()]
        if any(detail["loc"] for detail in error.errors()):
            faults.append("what concerns several sections is checked once these keys are right")
        raise ElectionFileError(f"{path}: {'; '.join(faults)}") from error


def file_hash(path: Path) -> str:
    """Return the SHA-256 of an election's file, as `sha256sum` prints it.

    Raises:
        ElectionFileError: the file is missing.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ElectionFileError(f"{path}: cannot be read ({error.strerror})") from error


def _fault(location: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    if not location:  # several sections together: the message names their keys
        return said
    return f"key `{'.'.join(str(part) for part in location)}`: {said}"
