"""Structured logs without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from temporalio.exceptions import ApplicationError

from activities.config.errors import DatabaseUnavailableError
from election.proofs import nir, numen

# People separate the parts of a number in many ways; a `repr` writes a no-break space with a backslash.
_BLANK = r"(?:\s|\\xa0|\\u00a0|\\u202f)"
_DASH = r"[_‐-―-]"
SEPARATOR = rf"(?:{_BLANK}|{_DASH}|[./·])"
_APART = rf"{_BLANK}{{1,3}}"


def _nir(gap: str) -> str:
    """Return the pattern of a NIR with a gap between its parts: whole, or its first ten characters."""
    return gap.join(nir.PARTS) + rf"(?:{gap}\d{{3}}(?:{gap}\d{{2}})?)?"


# Patterns for re.VERBOSE; the form to the support desk uses them too.
LINK = r"(?:(?<=/lien/)|(?<=/opposition/))(?:%[\da-f]{2}|[\w<-])+"
NUMEN = rf"{SEPARATOR}{{0,3}}".join(numen.CHARACTERS)
# Dots or slashes stand between all parts or none: an IP address or a date is no NIR.
_GAPS = (rf"(?:{_BLANK}|{_DASH}){{0,3}}", rf"{_BLANK}?[.·]{_BLANK}?", rf"{_BLANK}?/{_BLANK}?")
_CHARACTERS = _APART.join((nir.PARTS[0], *[r"\d"] * 5, r"[\dAB]", *[r"\d"] * 3))
NIR = rf"""(?:
    {"|".join(map(_nir, _GAPS))} | {_CHARACTERS}(?:(?:{_APART}\d){{3}}(?:(?:{_APART}\d){{2}})?)?
)"""
# A safeguard: the code does not log these. Digits inside an id or after a decimal point are not matched.
_PERSONAL = re.compile(
    rf"""
    {LINK}
    | [\w.+-]{{1,64}}(?:@|%40)[\w-]+(?:\.[\w-]+)+                                  # a mail address
    | \+[1-9](?:(?:{_BLANK}|{_DASH}|[./()]){{0,2}}\d){{7,14}}(?!\w)                  # a phone, from abroad
    | (?:(?<!\w)|(?<=\\[nrt]))(?<!\d\.)(?<![\da-f]-)(?:
        0[1-9](?:(?:{_BLANK}?\d){{8}}|(?:\.?\d){{8}}|(?:-?\d){{8}})                    # a phone, as at home
        | 0[1-9](?:{SEPARATOR}{{1,3}}\d\d){{4}}
        | 00{_BLANK}?[1-9](?:(?:{_BLANK}|[.-])?\d){{7,13}}
        | 33[67]\d{{8}} | (?:262|59[046])[67]\d{{8}}                                   # the same, for gateways
        | {NUMEN} | {NIR}
      )(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)


# Of a terminal, or taken for the end of a line by a collector: a stranger's path may have them. The renderer escapes \n.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


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
    handler.addFilter(_is_news)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It logs each request that we send, of which the console sends one every two seconds.
    logging.getLogger("httpx2").setLevel(max(logging.WARNING, logging.getLogger().level))


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether to write a line; one of Temporal's about an expected failure loses its traceback.

    Temporal's worker logs each failed try of an activity. A gateway or a database that is away is logged when it goes
    (`LastState`), not at each try.
    """
    fault = record.exc_info[1] if record.exc_info and record.name.startswith("temporalio") else None
    if isinstance(fault, DatabaseUnavailableError):
        return False
    if isinstance(fault, ApplicationError):
        record.msg, record.args, record.exc_info = f"{record.getMessage()}: {fault}", None, None
        return fault.type != "GatewayUnavailableError"
    return True


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # Values of any type, since a list, an exception or a number is printed as text.
    return {key: value if value is None else _printable(scrubbed(str(value))) for key, value in event.items()}


def _printable(text: str) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
