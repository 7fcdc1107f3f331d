"""Reads the form of an act on many recoveries: what it is for, and how it is to be done."""

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request
from starlette.datastructures import FormData

from activities.acts.bulk_order import MAX_RATE, MIN_RATE
from activities.progress.failure_filter import FailureFilter
from console.forms.typed_fields import typed_fields
from console.presenters.bulk.confirmation import DEFAULT_RATE, BulkAct
from console.presenters.bulk.failures import FilterFields
from console.presenters.rates import rate_in, shown_rate

_LONGEST, _MOST = 200, 1_000


@dataclass(frozen=True)
class BulkForm:
    """What was sent. With `is_all` the act is for all that the `fields` match, else for these `causes` or `ids`.

    `held_until` is the instant of the page on which the operator saw the failures, None on that page itself. `rate` is None when
    what was typed, the `shown_rate`, is none that an act can have.
    """

    csrf: str
    act: BulkAct
    fields: FilterFields
    is_all: bool = False
    causes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    held_until: datetime | None = None
    reason: str = ""
    rate: float | None = DEFAULT_RATE
    shown_rate: str = shown_rate(DEFAULT_RATE)
    gateway: str = ""

    @property
    def is_for_something(self) -> bool:
        """Whether anything was chosen."""
        return self.is_all or bool(self.causes or self.ids)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The label and the text of each field of the confirmation that was filled in, and is not as it was offered."""
        rate = "" if self.shown_rate == shown_rate(DEFAULT_RATE) else self.shown_rate
        return typed_fields({"gateway": self.gateway, "rate": rate, "reason": self.reason})

    def asked(self, now: datetime) -> FailureFilter:
        """Return which failures it is for, of those that the operator has seen."""
        until = self.held_until or self.fields.held_until(now)
        if self.ids:
            return FailureFilter(held_until=until, workflow_ids=self.ids)
        return replace(self.fields.asked(now, self.causes), held_until=until)


async def read_bulk_form(request: Request, act: BulkAct = BulkAct.RETRY) -> BulkForm:
    """Return the form of a request; the button that was pressed says which act it is, else `act`."""
    sent = await request.form(max_fields=_MOST + 50)
    one, chosen, everything = (_text(sent, name) for name in ("seul", "choix", "tout"))
    typed_rate = _text(sent, "rate") or shown_rate(DEFAULT_RATE)
    chosen_causes = (one,) if one else _texts(sent, "cause")
    return BulkForm(
        csrf=_text(sent, "csrf"),
        act=_act(chosen or everything, act, asks_for_gateway="gateway" in sent),
        fields=FilterFields(*(_text(sent, name) for name in ("channel", "procedure", "filter_cause", "age"))),
        is_all=bool(everything),
        # Lines that are ticked too do not matter to a button that is for everything.
        causes=() if everything else chosen_causes,
        ids=() if everything else _texts(sent, "ids"),
        held_until=_instant(_text(sent, "held_until")),
        reason=_text(sent, "reason").strip(),
        rate=rate_in(typed_rate, MIN_RATE, MAX_RATE),
        shown_rate=typed_rate,
        gateway=_text(sent, "gateway"),
    )


def _act(pressed: str, act: BulkAct, *, asks_for_gateway: bool) -> BulkAct:
    if pressed in set(BulkAct):
        return BulkAct(pressed)
    return BulkAct.OTHER_GATEWAY if asks_for_gateway and act is BulkAct.RETRY else act


def _text(sent: FormData, name: str) -> str:
    return next(iter(_texts(sent, name)), "")


def _texts(sent: FormData, name: str) -> tuple[str, ...]:
    texts = (each for each in sent.getlist(name) if isinstance(each, str))
    return tuple(dict.fromkeys(each[:_LONGEST] for each in texts if each))[:_MOST]


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
