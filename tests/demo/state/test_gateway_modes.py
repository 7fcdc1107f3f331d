"""How the demo's gateways are told to behave."""

from pathlib import Path

import pytest

from demo.state.gateway_modes import GatewayModes, Manner, Mode, Modes
from demo.state.inbox import Channel


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("ok", Mode(Manner.OK)),
        ("refuse", Mode(Manner.REFUSE)),
        ("down", Mode(Manner.DOWN)),
        ("late:90", Mode(Manner.LATE, 90)),
        ("late:0.5", Mode(Manner.LATE, 0.5)),
    ],
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_modes_of_both_gateways(text: str, mode: Mode, channel: Channel) -> None:
    """The four words of the demo's contract hold for SMS and e-mail."""
    assert Mode.parse(text, channel) == mode


@pytest.mark.parametrize("text", ["", "OK", "late", "late:", "late:-1", "late:soon", "ok:3", "late:1e9", "broken"])
def test_a_wrong_mode_is_refused_with_what_there_is(text: str) -> None:
    """The error names the channel, repeats what was written, and lists the modes."""
    with pytest.raises(ValueError, match=r"email: .* is no mode; choose one of ok, refuse, down, late:SECONDS$"):
        Mode.parse(text, "email")


def test_modes_for_fault_tests_are_for_sms_alone() -> None:
    """A mail server gives no receipts, so that it cannot be silent about them."""
    assert Mode.parse("silent", "sms").manner == Manner.SILENT
    with pytest.raises(ValueError, match="silent"):
        Mode.parse("silent", "email")


def test_modes_are_read_by_others(tmp_path: Path) -> None:
    """What one process sets, another reads; what is not set stays."""
    GatewayModes.under(tmp_path).write(sms="late:3")
    GatewayModes.under(tmp_path).write(email="down")
    assert GatewayModes.under(tmp_path).read() == Modes(sms="late:3", email="down")


def test_a_wrong_mode_changes_nothing(tmp_path: Path) -> None:
    """When one of two modes is wrong, neither is set."""
    modes = GatewayModes(tmp_path / "gateways.json")
    with pytest.raises(ValueError, match="late"):
        modes.write(sms="down", email="late")
    assert modes.read() == Modes()


def test_a_file_is_never_seen_half_written(tmp_path: Path) -> None:
    """The modes are renamed into place, and nothing is left beside them."""
    modes = GatewayModes(tmp_path / "gateways.json")
    modes.write(sms="down")
    first = (tmp_path / "gateways.json").stat().st_ino
    modes.write(sms="ok")
    assert (tmp_path / "gateways.json").stat().st_ino != first
    assert [path.name for path in tmp_path.iterdir()] == ["gateways.json"]
