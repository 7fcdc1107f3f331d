"""How long an SMS takes, drawn from a distribution with the long tail of 2018."""

import math
from random import Random

# A log-normal distribution: half of the SMS take six seconds, and one in a hundred 150, a tenth of the 25 minutes that are the
# worst known of 2018, whose distribution was not published. A run cuts it, so that voters end inside it.
MEDIAN = 6.0  # seconds
P99 = 150.0
_NORMAL_P99 = 2.326
_SIGMA = math.log(P99 / MEDIAN) / _NORMAL_P99


def sms_delay(draw: Random, longest: float) -> float:
    """Return the seconds from an SMS's hand-over until the voter reads it, `longest` at most."""
    return min(longest, draw.lognormvariate(math.log(MEDIAN), _SIGMA))


def arrivals(draw: Random, per_second: float, seconds: float) -> list[float]:
    """Return the instants at which voters arrive, in seconds from the begin: a Poisson process."""
    instants = []
    instant = draw.expovariate(per_second)
    while instant < seconds:
        instants.append(instant)
        instant += draw.expovariate(per_second)
    return instants
