"""The table of docs/faults.md; `python -m tests.support.fault_table` writes it again."""

import re
from pathlib import Path

from election.causes import cause_of
from election.faults import mail, portal, providers, smpp

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
_TABLE = re.compile(r"^\|.*\n", re.MULTILINE)
_HEADER = "| reason | what it means | does a retry help? | what to do |\n|---|---|---|---|\n"
# One for each cause that differs; the others of its kind have the same words.
_CODES = (
    *("smpp-unbound", "smpp-timeout", "smpp-disconnected", "smpp-busy", "smpp-throttled", "smpp-queue-full"),
    *(f"smpp-bind-0x{status:08X}" for status in (0x0E, 0x0F, 0x53, 0x05, 0x0D)),
    *(f"smpp-0x{status:08X}" for status in smpp.EXPLAINED),
    "smpp-too-long",
    *("smpp-undeliv", "smpp-undeliv-027", "smpp-undeliv-1", "smpp-undeliv-A12", "smpp-expired", "smpp-rejectd"),
    *("smpp-deleted", "smpp-unknown"),
    *(
        f"http-{each}"
        for each in ("connect", "timeout", "disconnected", "answer", "tls", "busy", 429, 401, 402, 403, 400, 500)
    ),
    *(
        f"http-{state}"
        for state in ("refused", "session", "invalid", "undelivered", "failed", "rejected", "softbounce")
    ),
    *(f"http-{state}" for state in ("blacklisted", "session-not_enough_credits", "undelivered-17")),
    *(f"http-refused-{code}" for code in providers.TWILIO),
    "gateway-suspended",
    "gateway-left-out",
    *(f"smtp-{each}" for each in ("connect", "timeout", "session", "tls", "busy", "address")),
    *(f"smtp-account-{code}" for code in (530, 534, 535, 538, 550)),
    *(f"smtp-{code}" for code in mail.CODES if not 530 <= code < 540),
    *(f"bounce-5.{detail}" for detail in mail.EXPLAINED if not detail.endswith(".")),
    *("bounce-5.5.0", "bounce-5.6.0", "bounce-5.7.26", "smtp-452-4.2.2"),
    *("acceptance-forged", "envelope-closed", "timeout", "roll", "sealed", "unknown", "RuntimeError"),
    *("database:timeout", *(f"database:{name}" for name in portal.REFUSED_STATEMENTS), "database:OtherError"),
)


def fault_table() -> str:
    """Return the table: the codes with the same cause in one row, in the words of the console."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for code in _CODES:
        cause = cause_of(code)
        row = (cause.sentence, "yes" if cause.retry_helps else "no", cause.advice)
        rows.setdefault(row, []).append(f"`{code}`")
    return _HEADER + "".join(f"| {', '.join(codes)} | {' | '.join(row)} |\n" for row, codes in rows.items())


def written_table(document: str) -> str:
    """Return the table of a document that has one."""
    return "".join(_TABLE.findall(document))


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text.replace(written_table(text), fault_table()), encoding="utf-8")
