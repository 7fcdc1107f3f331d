"""What reports of mail servers say, in the forms of the common ones."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.bounces.report import OTHER, BounceKind, BounceReport, read_report

_CORPUS = Path(__file__).with_name("corpus")
_SAID = {
    "postfix-unknown": ("final", "5.1.1"),
    "postfix-expired": ("final", "4.4.1"),  # given up after days
    "postfix-delayed": ("delayed", "4.4.1"),
    "greylisted": ("delayed", "4.7.1"),
    "exim-unknown": ("final", "5.1.1"),  # in words; its own field says 5.0.0
    "exim-words-full": ("final", "5.2.2"),
    "exchange-unknown": ("final", "5.1.10"),
    "gmail-full": ("final", "5.2.2"),
    "orange-unknown": ("final", "5.1.1"),
    "qmail-unknown": ("final", "5.1.1"),
    "international-unknown": ("final", "5.1.1"),
    "several-recipients": ("final", "5.2.1"),  # behind an alias
    "delivered": ("other", ""),
    "read-receipt": ("other", ""),
    "vacation": ("other", ""),
}


def test_the_corpus_is_whole() -> None:
    """Each file has its meaning below."""
    assert {path.stem for path in _CORPUS.iterdir()} == set(_SAID)


@pytest.mark.parametrize("name", _SAID)
def test_a_report_is_understood(name: str) -> None:
    """Whether the mailbox refused the mail for good, and why; an automatic answer says nothing."""
    raw = (_CORPUS / f"{name}.eml").read_bytes()
    kind, status = _SAID[name]
    expected = OTHER if kind == "other" else BounceReport(BounceKind(kind), status)
    got = read_report(raw)
    assert (got.kind, got.status if got.kind is not BounceKind.OTHER else "") == (expected.kind, expected.status)
    assert read_report(raw.replace(b"\n", b"\r\n")) == got


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\xff\xfe" * 1000,
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno boundary",
        b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n" * 5000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/delivery-status; boundary=\xff\n\nA: b\n\nAction: \xe9\xff\nStatus: \xff\n",
        (_CORPUS / "postfix-unknown.eml").read_bytes()[:900],
    ],
    ids=["empty", "bytes", "no boundary", "no groups", "deep", "no ASCII", "cut off"],
)
def test_whatever_comes_is_read(raw: bytes) -> None:
    """Nothing that is sent to a return path raises."""
    assert isinstance(read_report(raw), BounceReport)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_damaged_report_is_read(data: st.DataObject) -> None:
    """Neither do reports with bytes in them changed."""
    raw = bytearray((_CORPUS / f"{data.draw(st.sampled_from(sorted(_SAID)))}.eml").read_bytes())
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(raw) - 1), st.integers(0, 255)), max_size=20)
    ):
        raw[place] = byte
    report = read_report(bytes(raw))
    assert len(report.status) <= 16
