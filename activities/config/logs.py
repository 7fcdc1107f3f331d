"""Structured logs without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Patterns for re.VERBOSE; the form to the support desk uses them too.
LINK = r"(?<=/lien/)[\w-]+"
NUMEN = r"\d{2}[ .-]?[A-Z][ .-]?\d{7}[ .-]?[A-Z]{3}"
NIR = r"""
    [1-478](?P<gap>[ .-]?)\d{2}(?P=gap)(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(?P=gap)
    (?:\d{2}|2[AB])(?P=gap)\d{3}(?:(?P=gap)\d{3}(?:(?P=gap)\d{2})?)?  # whole, or its first part
"""
# A safeguard: the code does not log these. Digits inside an id or after a decimal point are not matched.
_PERSONAL = re.compile(
    rf"""
    {LINK}
    | [\w.+-]{{1,64}}(?:@|%40)[\w-]+(?:\.[\w-]+)+                                  # an e-mail address
    | \+[1-9](?:[ .()\u00a0\u202f-]{{0,2}}\d){{7,14}}(?!\w)                          # a phone, from abroad
    | (?:(?<!\w)|(?<=\\[nrt]))(?<!\d\.)(?<![\da-f]-)(?:
        0[1-9](?:(?:[ \u00a0\u202f]?\d){{8}}|(?:\.?\d){{8}}|(?:-?\d){{8}})             # a phone, as at home
        | 00[1-9](?:[ ]?\d){{7,13}} | 33[67]\d{{8}} | (?:262|59[046])[67]\d{{8}}       # the same, for gateways
        | {NUMEN} | {NIR}
      )(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def scrubbed(text: str) -> str:
    """Return a text with ••• in the place of all that looks like personal data or a link's token."""
    while (shorter := _PERSONAL.sub("•••", text)) != text:
        text = shorter  # the replacement may let another match begin
    return text


def configure(level: str) -> None:
    """Write all log lines, the libraries' included, scrubbed, to the standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _scrub,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # Values of any type, since a list, an exception or a number is printed as text.
    return {key: value if value is None else scrubbed(str(value)) for key, value in event.items()}
