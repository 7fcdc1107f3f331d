"""The modes of the demo's gateways, which can be changed while they run."""

import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from demo.state.inbox import Channel


class Behaviour(StrEnum):
    """What a gateway does with messages. BOUNCE and FULL are for e-mail only; from UNDELIVERED on for SMS only, for fault tests."""

    OK = "ok"
    REFUSE = "refuse"  # each message is refused for good
    DOWN = "down"  # the port is closed
    LATE = "late"  # the receipt, or the e-mail itself, comes after a delay
    BOUNCE = "bounce"  # accepted; then a report says that there is no such mailbox
    FULL = "full"  # accepted; then a report says that the mailbox is full
    UNDELIVERED = "undelivered"  # accepted; the receipt says that the phone is out of reach
    SILENT = "silent"  # accepted; no receipt comes
    TWICE = "twice"  # the receipt comes twice
    EARLY = "early"  # the receipt comes before the answer to the submit
    UNKNOWN = "unknown"  # a receipt for an unknown id comes before the right one
    THROTTLE = "throttle"  # refused for now: ESME_RTHROTTLED


_BOTH = (Behaviour.OK, Behaviour.REFUSE, Behaviour.DOWN, Behaviour.LATE)
_FOR_EMAIL = (*_BOTH, Behaviour.BOUNCE, Behaviour.FULL)
_FOR_SMS = tuple(each for each in Behaviour if each in _BOTH or each not in _FOR_EMAIL)
_SYNTAX = re.compile(r"(?P<behaviour>[a-z]+)(?::(?P<seconds>[0-9]{1,6}(?:\.[0-9]{1,3})?))?")


@dataclass(frozen=True)
class Mode:
    """The mode of one gateway; `seconds` is the delay of LATE."""

    behaviour: Behaviour
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str, channel: Channel) -> Self:
        """Return the mode that a text such as `ok` or `late:90` stands for.

        Raises:
            ValueError: the channel has no such mode; the text lists those that it has.
        """
        allowed = _FOR_SMS if channel == "sms" else _FOR_EMAIL
        found = _SYNTAX.fullmatch(text)
        if (
            found
            and found["behaviour"] in allowed
            and (found["behaviour"] == Behaviour.LATE) == bool(found["seconds"])
        ):
            return cls(Behaviour(found["behaviour"]), float(found["seconds"] or 0))
        words = ", ".join("late:SECONDS" if behaviour == Behaviour.LATE else behaviour for behaviour in allowed)
        raise ValueError(f"{channel}: {text!r} is no mode; choose one of {words}")


@dataclass(frozen=True)
class Modes:
    """The modes of the gateways, as text; `sms2` is the second SMS operator's."""

    sms: str = "ok"
    email: str = "ok"
    sms2: str = "ok"


class GatewayModes:
    """The modes, in a JSON file that every process of the demo may read at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def under(cls, state: Path) -> Self:
        """Return the modes of the demo whose state is kept in that directory."""
        return cls(state / "demo" / "gateways.json")

    def read(self) -> Modes:
        """Return all modes; each is `ok` until it is set."""
        try:
            return Modes(**json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Modes()

    def sms(self) -> Mode:
        """Return the current mode of the message centre."""
        return Mode.parse(self.read().sms, "sms")

    def sms2(self) -> Mode:
        """Return the current mode of the second SMS operator."""
        return Mode.parse(self.read().sms2, "sms")

    def email(self) -> Mode:
        """Return the current mode of the mail server."""
        return Mode.parse(self.read().email, "email")

    def write(self, *, sms: str | None = None, email: str | None = None, sms2: str | None = None) -> Modes:
        """Set one mode or more, and return all.

        Raises:
            ValueError: one of the modes does not exist; none is changed.
        """
        current, given = asdict(self.read()), {"sms": sms, "email": email, "sms2": sms2}
        modes = Modes(**current | {name: mode for name, mode in given.items() if mode is not None})
        Mode.parse(modes.sms, "sms")
        Mode.parse(modes.email, "email")
        Mode.parse(modes.sms2, "sms")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Renamed into place: readers never see a half-written file.
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(modes), file)
        Path(name).replace(self._path)
        return modes
