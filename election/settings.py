"""The election's file: calendar, procedures, channels, lifetimes and limits."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from election.attempts import AttemptRules, RequestRules, SignInAttemptRules
from election.calendar import Calendar
from election.passwords import PasswordRules
from election.procedures import Procedure
from election.shapes import GeneratedPasswordShape, IdentifierShape, VotingCodeShape
from election.stages import Channel

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


class DeliveryRules(BaseModel, frozen=True, extra="forbid"):
    """When a message counts as late, how long sends are retried, and how many a voter may request."""

    late_after: Lifetime = timedelta(minutes=1)
    retry_for: Lifetime = timedelta(hours=1)
    max_sends: Annotated[int, Field(ge=1)] = 8
    between_sends: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(seconds=60)


class VotingCodeRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of a voting code (2022): its proofs, its channels and its display window."""

    challenge_question: bool = False
    france_connect: bool = False
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = (Channel.SMS, Channel.EMAIL)
    display_window: Lifetime = timedelta(seconds=120)


class IdentifierRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of an identifier (2018): how many requests an elector has, and how often one number is used."""

    max_requests: Annotated[int, Field(ge=1)] = 3
    max_uses_per_number: Annotated[int, Field(ge=1)] = 3


class IdentifierAndPasswordRecoveryRules(BaseModel, frozen=True, extra="forbid"):
    """The recovery of identifier and password by a link (2011): how long the password is shown."""

    display_window: Lifetime = timedelta(minutes=10)


class VotingSpaceRules(BaseModel, frozen=True, extra="forbid"):
    """What opens the voting space beside the voting code of 2022."""

    identifier_and_password: bool = False


class Election(BaseModel, frozen=True, extra="forbid"):
    """One election's settings, read once at start."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    name: str
    organiser: str
    support_email: str
    sms_sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,11}$")]
    time_zone: str = "Europe/Paris"
    calendar: Calendar
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1)] = (Procedure.VOTING_CODE,)
    work_mail_domains: Annotated[tuple[str, ...], Field(min_length=1)]
    voting_code: VotingCodeShape = VotingCodeShape()
    voting_code_recovery: VotingCodeRecoveryRules = VotingCodeRecoveryRules()
    identifier: IdentifierShape = IdentifierShape()
    identifier_recovery: IdentifierRecoveryRules = IdentifierRecoveryRules()
    identifier_and_password_recovery: IdentifierAndPasswordRecoveryRules = IdentifierAndPasswordRecoveryRules()
    generated_password: GeneratedPasswordShape = GeneratedPasswordShape()
    voting_space: VotingSpaceRules = VotingSpaceRules()
    links: LinkRules = LinkRules()
    delivery: DeliveryRules = DeliveryRules()
    attempts: AttemptRules = AttemptRules()
    sign_in_attempts: SignInAttemptRules = SignInAttemptRules()
    password: PasswordRules = PasswordRules()
    password_requests: RequestRules = RequestRules()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"`{name}` is not a time zone; write one as `Europe/Paris`")
        return name

    @model_validator(mode="after")
    def _dates_in_zone(self) -> Self:
        object.__setattr__(self, "calendar", self.calendar.in_zone(self.zone))
        return self

    @model_validator(mode="after")
    def _generated_passwords_keep_the_rules(self) -> Self:
        length, rules = self.generated_password.length, self.password
        if (
            Procedure.IDENTIFIER_AND_PASSWORD in self.procedures
            and not rules.min_length <= length <= rules.max_length
        ):
            raise ValueError(
                "`generated_password.length` must be between `password.min_length` and `password.max_length`"
            )
        return self

    @model_validator(mode="after")
    def _reissued_identifiers_open_something(self) -> Self:
        reissuing = {Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD} & set(self.procedures)
        if reissuing and not self.voting_space.identifier_and_password:
            raise ValueError("`voting_space.identifier_and_password` must be true where identifiers are reissued")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the election's dates."""
        return ZoneInfo(self.time_zone)


def load(path: Path) -> Election:
    """Return the election that a TOML file describes.

    Raises:
        ElectionFileError: the file is missing or no TOML, or a key is missing, unknown or wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Election.model_validate(tomllib.loads(text))
    except OSError as error:
        raise ElectionFileError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ElectionFileError(f"{path}: is not a TOML file ({error})") from error
    except ValidationError as error:
        faults = "; ".join(_fault(detail["loc"], detail["msg"]) for detail in error.errors())
        raise ElectionFileError(f"{path}: {faults}") from error


def _fault(location: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(part) for part in location) or "election"
    return f"key `{key}`: {message.removeprefix('Value error, ')}"
