"""The modes of the demo's gateways."""

from pathlib import Path

import pytest

from demo.state.gateway_modes import Behaviour, GatewayModes, Mode, Modes
from demo.state.inbox import Channel


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("ok", Mode(Behaviour.OK)),
        ("refuse", Mode(Behaviour.REFUSE)),
        ("down", Mode(Behaviour.DOWN)),
        ("late:90", Mode(Behaviour.LATE, 90)),
        ("late:0.5", Mode(Behaviour.LATE, 0.5)),
    ],
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_modes_of_both_gateways(text: str, mode: Mode, channel: Channel) -> None:
    """The four modes of the demo's contract exist for SMS and e-mail."""
    assert Mode.parse(text, channel) == mode


@pytest.mark.parametrize("text", ["", "OK", "late", "late:", "late:-1", "late:soon", "ok:3", "late:1e9", "broken"])
def test_a_wrong_mode_is_refused_with_the_list_of_modes(text: str) -> None:
    """The error names the channel, quotes the text, and lists the modes."""
    with pytest.raises(
        ValueError, match=r"email: .* is no mode; choose one of ok, refuse, down, late:SECONDS, bounce, full$"
    ):
        Mode.parse(text, "email")


def test_modes_for_fault_tests_are_for_sms_only() -> None:
    """A mail server sends no receipts, so it has no mode `silent`."""
    assert Mode.parse("silent", "sms").behaviour == Behaviour.SILENT
    with pytest.raises(ValueError, match="silent"):
        Mode.parse("silent", "email")


def test_modes_are_shared_between_processes(tmp_path: Path) -> None:
    """A mode that one process sets is read by another; the other mode is unchanged."""
    GatewayModes.under(tmp_path).write(sms="late:3")
    GatewayModes.under(tmp_path).write(email="down")
    assert GatewayModes.under(tmp_path).read() == Modes(sms="late:3", email="down")


def test_a_wrong_mode_changes_nothing(tmp_path: Path) -> None:
    """If one of two modes is wrong, neither is set."""
    modes = GatewayModes(tmp_path / "gateways.json")
    with pytest.raises(ValueError, match="late"):
        modes.write(sms="down", email="late")
    assert modes.read() == Modes()


def test_the_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """The modes are written to another file that is renamed; no temporary file is left."""
    modes = GatewayModes(tmp_path / "gateways.json")
    modes.write(sms="down")
    first = (tmp_path / "gateways.json").stat().st_ino
    modes.write(sms="ok")
    assert (tmp_path / "gateways.json").stat().st_ino != first
    assert [path.name for path in tmp_path.iterdir()] == ["gateways.json"]
