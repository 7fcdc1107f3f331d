"""Log lines contain no personal data, whoever wrote them, and stay useful."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activities.config.logs import scrubbed

PERSONAL = [
    "18E1234567ABC",
    "18e1234567abc",
    "18 E 1234567 ABC",
    "2850578006",
    "2 85 05 2A 006",
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
    "0692 12 34 56",
    "+33612345678",
    "+33 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+687 75 12 34",
    "+1 202-555-0123",
    "0033612345678",
    "0033 6 12 34 56 78",
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
    "[::1]:7233",
    "voting-code/0612345678abcdef0612345678abcdef",
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
def test_a_personal_datum_is_scrubbed_wherever_it_stands(datum: str) -> None:
    """In quotes or brackets, at a line's start or before a full stop."""
    for frame in FRAMES:
        assert scrubbed(frame.format(datum)) == frame.format("•••")


@pytest.mark.parametrize("datum", ["0612345678", "+33612345678", "33612345678", "18E1234567ABC", "2850578006"])
def test_a_datum_behind_an_escaped_line_break_is_scrubbed(datum: str) -> None:
    """As in Python's repr, where a letter precedes it."""
    assert scrubbed(repr(f"to:\n{datum}\r\n\t{datum}")) == r"'to:\n•••\r\n\t•••'"


@pytest.mark.parametrize("text", READABLE)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    """Instants, hosts and ports, ids, codes and durations are not personal."""
    assert scrubbed(text) == text


def test_a_link_s_token_is_scrubbed_and_its_address_stays() -> None:
    """The logs show that a link was opened, and not which."""
    line = 'GET "https://elections.exemple.fr/lien/0b3dk9xw4m2p7qrstvz8ceg5hj?x=1 HTTP/1.1"'
    assert scrubbed(line) == 'GET "https://elections.exemple.fr/lien/•••?x=1 HTTP/1.1"'


@given(
    st.integers(min_value=0, max_value=99_999_999),
    st.sampled_from(["06", "07"]),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_no_french_mobile_is_ever_readable(number: int, prefix: str, gap: str) -> None:
    """Any number, with any usual separators."""
    digits = f"{number:08}"
    pairs = [prefix, *(digits[start : start + 2] for start in range(0, 8, 2))]
    assert scrubbed(f"sent to {gap.join(pairs)} in 3 s") == "sent to ••• in 3 s"


@given(st.text(max_size=200))
@example("+33612345678-0612345678")
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    """A scrubbed text has nothing left to scrub."""
    assert scrubbed(scrubbed(text)) == scrubbed(text)


def _logged(code: str, level: str = "INFO") -> list[str]:
    start = f"import logging, structlog\nfrom activities.config import logs\nlogs.configure({level!r})\n"
    run = subprocess.run([sys.executable, "-"], input=start + code, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    return run.stderr.splitlines()


def test_a_line_has_instant_level_and_event() -> None:
    """One line for each event, on the standard error, with what was bound to it."""
    [line] = _logged("structlog.stdlib.get_logger('x').info('sent', message='link-1', port=2775, again=None)")
    assert line.startswith("timestamp=20")
    assert line.partition(" ")[2] == "level=info event=sent message=link-1 port=2775 again="


def test_every_value_is_scrubbed_whatever_its_type() -> None:
    """Texts, numbers, lists and exceptions."""
    [line] = _logged(
        "structlog.stdlib.get_logger('x').warning('to camille@exemple.fr', a='0612345678', b=33612345678,"
        " c=['18E1234567ABC'], d={'nir': '2850578006'}, e=ValueError('+33612345678'))"
    )
    assert line.count("•••") == 6
    assert "camille" not in line


def test_exceptions_are_scrubbed_with_their_causes() -> None:
    """A traceback keeps its frames, and loses the data in the errors and their causes."""
    [line] = _logged(
        "try:\n"
        "    try: raise OSError('no such mailbox: camille@exemple.fr')\n"
        "    except OSError as error: raise ValueError('0612345678\\n0712345678 /lien/0b3dk9xw4m2p') from error\n"
        "except ValueError: structlog.stdlib.get_logger('x').exception('failed')\n"
    )
    assert "Traceback" in line
    assert line.count("•••") == 4
    assert not [each for each in ("camille", "0612345678", "0712345678", "0b3dk9xw") if each in line]


def test_libraries_lines_are_scrubbed_too() -> None:
    """Their arguments and their exceptions."""
    lines = _logged(
        "logging.getLogger('library').warning('%s refused %d', '<camille@exemple.fr>', 33612345678)\n"
        "try: raise ValueError('+33 6 12 34 56 78')\n"
        "except ValueError: logging.getLogger('library').exception('failed')\n"
    )
    assert [line.count("•••") for line in lines] == [2, 1]
    assert "Traceback" in lines[1]
    assert "level=warning" in lines[0]


def test_lines_below_the_level_are_not_logged() -> None:
    """Neither ours nor a library's."""
    code = "structlog.stdlib.get_logger('x').info('one')\nlogging.getLogger('x').info('two')\n"
    assert len(_logged(code)) == 2
    assert _logged(code, "WARNING") == []
