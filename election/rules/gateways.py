"""When messages are shifted from one gateway of a channel to another, as GOV.UK Notify does between its two."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

Positive = Annotated[timedelta, Field(gt=timedelta(0))]


class GatewayRules(BaseModel, frozen=True, extra="forbid"):
    """Part of the traffic is shifted, never all at once: a gateway that gets everything at once may break too.

    - `errors` of a gateway within `errors_within` shift `step` points of a hundred, once in `shift_every` at most.
    - A gateway is slow when `slow_share` of the messages of the last `slow_within` took `slow_after` or longer. It loses
      `step` points if another one is not slow and nothing has changed for `slow_every`.
    - Untouched for `drift_after`, priorities drift back by `step` points in `drift_every`.

    The defaults are Notify's. With few messages, as in a small election, lower `errors`.
    """

    errors: Annotated[int, Field(ge=1)] = 50
    errors_within: Positive = timedelta(seconds=60)
    step: Annotated[int, Field(ge=1, le=100)] = 10
    shift_every: Positive = timedelta(seconds=60)
    slow_share: Annotated[float, Field(gt=0, le=1)] = 0.15
    slow_after: Positive = timedelta(minutes=5)
    slow_within: Positive = timedelta(minutes=15)
    slow_every: Positive = timedelta(minutes=5)
    drift_after: Positive = timedelta(minutes=15)
    drift_every: Positive = timedelta(minutes=5)
