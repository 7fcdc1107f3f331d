"""How the demo's gateways behave, which can be changed while they run."""

import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from demo.state.inbox import Channel


class Manner(StrEnum):
    """The word of a mode; those from UNDELIVERED on are for fault tests, and for SMS alone."""

    OK = "ok"
    REFUSE = "refuse"  # a refusal that is final
    DOWN = "down"  # nobody listens
    LATE = "late"  # the receipt, or the e-mail itself, comes that much later
    UNDELIVERED = "undelivered"  # taken, but the phone is out of reach and the receipt says so
    SILENT = "silent"  # taken, but no receipt ever comes
    TWICE = "twice"  # the receipt comes twice
    EARLY = "early"  # the receipt comes before the answer to the submit
    UNKNOWN = "unknown"  # another receipt comes as well, for an id that was never given
    THROTTLE = "throttle"  # "not now"


_FOR_EMAIL = (Manner.OK, Manner.REFUSE, Manner.DOWN, Manner.LATE)
_SHAPE = re.compile(r"(?P<manner>[a-z]+)(?::(?P<seconds>[0-9]{1,6}(?:\.[0-9]{1,3})?))?")


@dataclass(frozen=True)
class Mode:
    """One gateway's behaviour; `seconds` counts for LATE alone."""

    manner: Manner
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str, channel: Channel) -> Self:
        """Return the mode that was written.

        Raises:
            ValueError: no such mode for that channel; the text says which there are.
        """
        allowed = tuple(Manner) if channel == "sms" else _FOR_EMAIL
        found = _SHAPE.fullmatch(text)
        if found and found["manner"] in allowed and (found["manner"] == Manner.LATE) == bool(found["seconds"]):
            return cls(Manner(found["manner"]), float(found["seconds"] or 0))
        words = ", ".join("late:SECONDS" if manner == Manner.LATE else manner for manner in allowed)
        raise ValueError(f"{channel}: {text!r} is no mode; choose one of {words}")


@dataclass(frozen=True)
class Modes:
    """The modes of both gateways, as they are written."""

    sms: str = "ok"
    email: str = "ok"


class GatewayModes:
    """The modes, in a JSON file that every process of the demo may read at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def under(cls, state: Path) -> Self:
        """Return the modes of the demo whose state is kept in that directory."""
        return cls(state / "demo" / "gateways.json")

    def read(self) -> Modes:
        """Return both modes as they are written: `ok` until one was ever set."""
        try:
            return Modes(**json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Modes()

    def sms(self) -> Mode:
        """Return how the message centre behaves now."""
        return Mode.parse(self.read().sms, "sms")

    def email(self) -> Mode:
        """Return how the mail server behaves now."""
        return Mode.parse(self.read().email, "email")

    def write(self, *, sms: str | None = None, email: str | None = None) -> Modes:
        """Set one mode or both, and return both.

        Raises:
            ValueError: no such mode; neither is changed.
        """
        now = self.read()
        modes = Modes(sms=now.sms if sms is None else sms, email=now.email if email is None else email)
        Mode.parse(modes.sms, "sms")
        Mode.parse(modes.email, "email")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Renamed into place: a reader sees the old modes or the new ones, never half of them.
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(modes), file)
        Path(name).replace(self._path)
        return modes
