"""Log lines, our own and those of libraries, contain no personal data; technical values stay readable."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from activities.config import logs
from activities.config.logs import scrubbed
from tests.support.commands import logs_of_a_new_process

PERSONAL = [
    "18E1234567ABC",
    "18e1234567abc",
    "18 E 1234567 ABC",
    "18\u00a0E\u00a01234567\u00a0ABC",
    "18.E.1234567.ABC",
    "18 - e - 1234567 - abc",
    "18–E–1234567–ABC",
    "18/E/1234567/ABC",
    "18  E  123 45 67  A B C",
    "1 8 E 1 2 3 4 5 6 7 A B C",
    "18\\xa0E\\u202f1234567\\u00a0ABC",
    "2850578006",
    "2 85 05 2A 006",
    "2\u00a085\u202f05\u00a02A\u00a0006",
    "285 05 78 006",
    "2.85.05.78.006.084.36",
    "2 / 85 / 05 / 78 / 006",
    "2–85–05–78–006",
    "2  85  05  2a  006  084  36",
    "2 8 5 0 5 7 8 0 0 6 0 8 4",
    "2\\xa085\\xa005\\xa078\\xa0006",
    "2 85 05 78 006 084 36",
    "285052B00608436",
    "camille.durand@ac-lyon.fr",
    "Camille.Durand+vote@eleves.ac-lyon.fr",
    "camille%40exemple.fr",
    "0612345678",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "06\u00a012\u202f34 56 78",
    "06  12  34  56  78",
    "06/12/34/56/78",
    "06 - 12 - 34 - 56 - 78",
    "06–12–34–56–78",
    "06\\xa012\\xa034\\xa056\\xa078",
    "0692 12 34 56",
    "+33612345678",
    "+33 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+687 75 12 34",
    "+1 202-555-0123",
    "0033612345678",
    "0033 6 12 34 56 78",
    "00 33 6 12 34 56 78",
    "0033.6.12.34.56.78",
    "+33/6/12/34/56/78",
    "+33–6–12–34–56–78",
    "33612345678",
    "262692123456",
]
READABLE = [
    "2026-12-03T09:00:00.123456Z",
    "2026-12-03 09:00:00,123",
    "03/12/2026 09:00",
    "03.12.2026 09:00:01",
    "03-12-2026 09:00:01",
    "127.0.0.1:8000",
    "10.130.120.111:54321",
    "172.31.10.123",
    "2 réponses, 85 ms, 2026-12-03 09",
    "2026/12/03 09/00/00",
    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
    "[::1]:7233",
    "code-de-vote/cdef0612345678abcdef/0612-3456-78AB",
    "0198c4e2-1234-7890-abcd-001234567890",
    "0612345678abcdef0612345678abcdef-1",
    "smpp-undeliv-011",
    "attempt=12 pid=123456 port=65535",
    "0.0123456789",
    "duration 1200.25 ms",
    "HTTP/1.1 303",
    "EventId 1234567",
    "reassort 0.1.0",
]
FRAMES = ["{}", "« {} »", "to={};", "('{}',)", "<{}>", "{}.", "tel:{},"]


@pytest.mark.parametrize("datum", PERSONAL)
def test_personal_data_is_redacted_in_any_position(datum: str) -> None:
    """Quoted, in brackets, at the start of a line and before a full stop."""
    for frame in FRAMES:
        assert scrubbed(frame.format(datum)) == frame.format("•••")


@pytest.mark.parametrize("datum", ["0612345678", "+33612345678", "33612345678", "18E1234567ABC", "2850578006"])
def test_data_after_an_escaped_line_break_is_redacted(datum: str) -> None:
    """In a `repr`, a line break is the letter `n` directly before the data."""
    assert scrubbed(repr(f"to:\n{datum}\r\n\t{datum}")) == r"'to:\n•••\r\n\t•••'"


@pytest.mark.parametrize("text", READABLE)
def test_technical_values_stay_readable(text: str) -> None:
    """Instants, IP addresses, ports, ids, codes and durations are not redacted."""
    assert scrubbed(text) == text


def test_only_the_token_of_a_link_is_redacted() -> None:
    """The log shows that a link was opened, and the link cannot be opened from it."""
    line = 'GET "https://elections.exemple.fr/lien/0b3dk9xw4m2p7qrstvz8ceg5hj?x=1 HTTP/1.1"'
    assert scrubbed(line) == 'GET "https://elections.exemple.fr/lien/•••?x=1 HTTP/1.1"'
    assert scrubbed("https://elections.exemple.fr/opposition/0b3dk9xw4m2p7.").endswith("/opposition/•••.")
    for mangled in ("/lien/%3C0b3dk9xw4m", "/lien/<0b3dk9xw4m", "/lien/0b3d%0D%0Ak9xw4m"):
        assert scrubbed(mangled) == "/lien/•••"


@given(
    st.integers(min_value=0, max_value=99_999_999),
    st.sampled_from(["06", "07"]),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_every_french_mobile_number_is_redacted(number: int, prefix: str, gap: str) -> None:
    """Any number, with any of the usual separators."""
    digits = f"{number:08}"
    pairs = [prefix, *(digits[start : start + 2] for start in range(0, 8, 2))]
    assert scrubbed(f"sent to {gap.join(pairs)} in 3 s") == "sent to ••• in 3 s"


@given(st.text(max_size=200))
@example("+33612345678-0612345678")
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """Redacted text contains nothing that is redacted again."""
    assert scrubbed(scrubbed(text)) == scrubbed(text)


def _logged(code: str, level: str = "INFO") -> list[str]:
    """Return what a process logs which runs this code: without a file of its own, no line of it is in a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with logs_of_a_new_process(), _loggers_of_a_new_process(), redirect_stdout(out), redirect_stderr(err):
        logs.configure(level)
        exec(code, {"logging": logging, "structlog": structlog})  # noqa: S102 - our own, of this file
    assert out.getvalue() == ""
    return err.getvalue().splitlines()


@contextmanager
def _loggers_of_a_new_process() -> Iterator[None]:
    root, others = logging.getLogger(), logging.getLogger("httpx2")
    handlers, levels = root.handlers, (root.level, others.level)
    root.handlers = []
    try:
        yield
    finally:
        root.handlers = handlers
        for logger, level in zip((root, others), levels, strict=True):
            logger.setLevel(level)


def test_a_line_has_instant_level_event_and_values() -> None:
    """An event is one line on standard error: instant, level, event, then the bound values."""
    [line] = _logged("structlog.stdlib.get_logger('x').info('sent', message='link-1', port=2775, again=None)")
    assert line.startswith("timestamp=20")
    assert line.partition(" ")[2] == "level=info event=sent message=link-1 port=2775 again="


def test_values_of_every_type_are_redacted() -> None:
    """Texts, numbers, lists, dictionaries, and exceptions that are logged as a value."""
    [line] = _logged(
        "structlog.stdlib.get_logger('x').warning('to camille@exemple.fr', a='0612345678', b=33612345678,"
        " c=['18E1234567ABC'], d={'nir': '2850578006'}, e=ValueError('+33612345678'))"
    )
    assert line.count("•••") == 6
    assert "camille" not in line


def test_no_control_character_reaches_the_terminal_or_ends_the_line() -> None:
    """They are written as in Python's source; letters with accents and no-break spaces stay."""
    [line] = _logged("structlog.stdlib.get_logger('x').info('request', path='/\\r\\x1b[2K\\x85\\u2028é\\xa0»\\n')")
    assert line.endswith(r"path=/\r\x1b[2K\x85\u2028é" + "\u00a0" + r"»\n")


def test_exceptions_are_redacted_with_their_causes() -> None:
    """A traceback keeps its frames; personal data in the errors and their causes is redacted."""
    [line] = _logged(
        "try:\n"
        "    try: raise OSError('no such mailbox: camille@exemple.fr')\n"
        "    except OSError as error: raise ValueError('0612345678\\n0712345678 /lien/0b3dk9xw4m2p') from error\n"
        "except ValueError: structlog.stdlib.get_logger('x').exception('failed')\n"
    )
    assert "Traceback" in line
    assert line.count("•••") == 4
    assert not [each for each in ("camille", "0612345678", "0712345678", "0b3dk9xw") if each in line]


def test_log_lines_of_libraries_are_redacted() -> None:
    """Records of the standard `logging` are redacted in their arguments and exceptions."""
    lines = _logged(
        "logging.getLogger('library').warning('%s refused %d', '<camille@exemple.fr>', 33612345678)\n"
        "try: raise ValueError('+33 6 12 34 56 78')\n"
        "except ValueError: logging.getLogger('library').exception('failed')\n"
    )
    assert [line.count("•••") for line in lines] == [2, 1]
    assert "Traceback" in lines[1]
    assert "level=warning" in lines[0]


def test_events_below_the_level_are_not_logged() -> None:
    """Neither our own nor a library's."""
    code = "structlog.stdlib.get_logger('x').info('one')\nlogging.getLogger('x').info('two')\n"
    assert len(_logged(code)) == 2
    assert _logged(code, "WARNING") == []


def _failed_activity(fault: str) -> list[str]:
    """Return what is logged when Temporal's worker reports a failed try of an activity."""
    return _logged(
        "from temporalio import activity, exceptions\n"
        "from activities.config import errors\n"
        f"try: raise {fault}\n"
        "except Exception: activity.logger.warning('Completing activity as failed', exc_info=True)\n"
    )


def test_an_expected_failure_has_no_traceback() -> None:
    """A refusal that our code raises is a line with its code; a fault of the program keeps its traceback."""
    [line] = _failed_activity("exceptions.ApplicationError('smpp-0x0000000B', type='GatewayRefusedError')")
    assert "Traceback" not in line
    assert "GatewayRefusedError: smpp-0x0000000B" in line
    [line] = _failed_activity("KeyError('unforeseen')")
    assert "Traceback" in line


@pytest.mark.parametrize(
    "fault",
    [
        "exceptions.ApplicationError('smpp-unbound', type='GatewayUnavailableError')",
        "errors.DatabaseUnavailableError",
    ],
)
def test_what_is_away_is_not_logged_at_each_try(fault: str) -> None:
    """Gateways and database log it themselves, once."""
    assert _failed_activity(fault) == []
