"""Signing in from a browser that is new to the elector, once wrong passwords were typed for the identifier."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

_NO_TIME = timedelta(0)


class FailureAlarm(BaseModel, frozen=True, extra="forbid"):
    """How many refused sign-ins of all electors in one `period` raise the alarm."""

    failures: Annotated[int, Field(ge=1)] = 300
    period: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(hours=1))] = timedelta(minutes=1)


class SignInRules(BaseModel, frozen=True, extra="forbid"):
    """The one-time code that a new browser is asked for: how long it is valid, and how many tries it has.

    OWASP ASVS 5.0, 6.5.5: a code by e-mail is valid for ten minutes at most.
    """

    code_lifetime: Annotated[timedelta, Field(gt=_NO_TIME, le=timedelta(minutes=10))] = timedelta(minutes=10)
    code_tries: Annotated[int, Field(ge=1, le=10)] = 5
    alarm: FailureAlarm = FailureAlarm()
