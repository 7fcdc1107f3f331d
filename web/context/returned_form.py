"""A form that came back: what the page shows again in it, and why nothing was done."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class ReturnedForm:
    """The texts that may be shown again, and one French sentence; `is_shown` once a page has taken it."""

    typed: Mapping[str, str] = field(repr=False)
    sentence: str
    is_shown: bool = False
