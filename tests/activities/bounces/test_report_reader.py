"""What somebody has written to a return path harms nobody but the process that reads it."""

import signal
import sys
from pathlib import Path

import pytest

from activities.bounces import report_reader
from activities.bounces.report import OTHER, BounceKind, BounceReport
from activities.bounces.report_reader import ReaderNotStartedError, ReportReader
from tests.activities.bounces.conftest import ENDLESS

_UNKNOWN = (Path(__file__).with_name("corpus") / "postfix-unknown.eml").read_bytes()
_VACATION = (Path(__file__).with_name("corpus") / "vacation.eml").read_bytes()


@pytest.mark.parametrize("mail", ENDLESS.values(), ids=ENDLESS)
async def test_a_mail_that_has_no_end_is_given_up(mail: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the processor's time; another process reads what comes behind it."""
    monkeypatch.setattr(report_reader, "LONGEST", 0.1)
    async with ReportReader() as reader:
        first = await reader.read(_UNKNOWN)
        process = reader._process
        assert await reader.read(mail) == OTHER
        assert process is not None
        assert process.returncode is not None
        assert reader._process is not process
        assert await reader.read(_UNKNOWN) == first == BounceReport(BounceKind.FINAL, "5.1.1")


async def test_a_process_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock, since it uses no time of the processor's; another process reads the next mail."""
    async with ReportReader() as reader:
        expected = await reader.read(_UNKNOWN)
        process = reader._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        with monkeypatch.context() as impatient:
            impatient.setattr(report_reader, "ANSWERS_WITHIN", 0.1)
            assert await reader.read(_UNKNOWN) == OTHER
        assert process.returncode == -signal.SIGKILL
        assert await reader.read(_UNKNOWN) == expected


async def test_a_process_that_never_begins_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing was read, as with one that does not start."""
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexec cat > /dev/null\n")
    silent.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(report_reader, "ANSWERS_WITHIN", 0.1)
    async with ReportReader() as reader:
        with pytest.raises(ReaderNotStartedError):
            await reader.read(_VACATION)
        assert reader._process is None


async def test_a_reader_that_does_not_start_has_read_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither without its program nor with one that ends at once: the report must not count as one that says nothing."""
    for program in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        async with ReportReader() as reader:
            with pytest.raises(ReaderNotStartedError):
                await reader.read(_VACATION)
