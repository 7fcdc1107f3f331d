"""A missing or wrong setting is reported in one line, with what it must be and without its value."""

import os

import pytest

from activities.config.settings import (
    CoreSettings,
    ImportSettings,
    MessagingSettings,
    RollSettings,
    SettingsError,
    WebSettings,
    key_bytes,
    read,
    stop,
)

Environment = pytest.MonkeyPatch
KEY = "0123456789abcdef" * 4
RIGHT = {
    "REASSORT_DATABASE_URL": "postgresql+psycopg://elections:hush@db/roll",
    "REASSORT_MASTER_KEY": KEY,
    "REASSORT_LINK_KEY": KEY,
    "REASSORT_PEPPER": KEY,
    "REASSORT_FORM_KEY": KEY,
    "REASSORT_SMPP_SYSTEM_ID": "reassort",
    "REASSORT_SMPP_PASSWORD": "hush",
}
KINDS = {
    CoreSettings: {"DATABASE_URL", "MASTER_KEY", "LINK_KEY"},
    RollSettings: {"DATABASE_URL", "MASTER_KEY", "LINK_KEY", "PEPPER"},
    ImportSettings: {"DATABASE_URL", "PEPPER"},
    WebSettings: {"DATABASE_URL", "MASTER_KEY", "LINK_KEY", "PEPPER", "FORM_KEY"},
    MessagingSettings: {"DATABASE_URL", "MASTER_KEY", "LINK_KEY", "SMPP_SYSTEM_ID", "SMPP_PASSWORD"},
}
KEYS = ["MASTER_KEY", "LINK_KEY", "PEPPER", "FORM_KEY"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with every variable that is needed, and no other of ours."""
    for name in [each for each in os.environ if each.upper().startswith("REASSORT_")]:
        monkeypatch.delenv(name)
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def _fault(kind: type[CoreSettings | ImportSettings]) -> str:
    with pytest.raises(SettingsError) as caught:
        read(kind)
    assert caught.value.__cause__ is None
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_needed_is_enough(kind: type[CoreSettings | ImportSettings]) -> None:
    """With its variables set, each settings class can be read."""
    assert read(kind).model_fields_set >= {name.lower() for name in KINDS[kind]}


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_names_all_that_it_lacks_and_nothing_more(
    environment: Environment, kind: type[CoreSettings | ImportSettings]
) -> None:
    """In an empty environment, every missing variable is named, and none of another role."""
    for name in RIGHT:
        environment.delenv(name)
    faults = _fault(kind).split("; ")
    assert {each.split()[0] for each in faults} == {f"REASSORT_{name}" for name in KINDS[kind]}
    assert all(" is not set" in each for each in faults)


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_named_with_the_command_that_makes_one(environment: Environment, key: str) -> None:
    """In one line."""
    environment.delenv(f"REASSORT_{key}")
    assert _fault(WebSettings) == (
        f"REASSORT_{key} is not set: 64 hexadecimal characters are needed (openssl rand -hex 32)"
    )


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["", "5ecre7", KEY[:-2], KEY + "00", "not-hexadecimal" * 4, "change-me"])
def test_an_invalid_key_is_named_and_not_shown(environment: Environment, key: str, value: str) -> None:
    """Too short, or not hexadecimal."""
    environment.setenv(f"REASSORT_{key}", value)
    fault = _fault(WebSettings)
    assert fault == f"REASSORT_{key}: 64 hexadecimal characters are needed (openssl rand -hex 32)"
    assert not value or value not in fault


def test_a_missing_database_is_named_with_an_example(environment: Environment) -> None:
    """The line has an example of a URL."""
    environment.delenv("REASSORT_DATABASE_URL")
    assert _fault(CoreSettings).startswith("REASSORT_DATABASE_URL is not set: the URL of the roll database")


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("WEB_PORT", "s3cret", WebSettings),
        ("THEME", "s3cret", WebSettings),
        ("LOG_LEVEL", "s3cret", CoreSettings),
        ("SMPP_RATE", "0", MessagingSettings),
        ("SMPP_TLS", "s3cret", MessagingSettings),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(
    environment: Environment, name: str, value: str, kind: type[CoreSettings]
) -> None:
    """It could be a secret in the wrong place."""
    environment.setenv(f"REASSORT_{name}", value)
    fault = _fault(kind)
    assert fault.startswith(f"REASSORT_{name}: ")
    assert "s3cret" not in fault


def test_secrets_are_not_in_the_settings_repr() -> None:
    """Neither keys nor passwords."""
    for kind in (WebSettings, MessagingSettings):
        assert KEY not in repr(read(kind))
        assert "hush" not in repr(read(kind))


def test_a_key_is_read_as_its_32_bytes() -> None:
    """Hexadecimal in the environment, bytes in use."""
    assert key_bytes(read(CoreSettings).master_key) == bytes.fromhex(KEY)


def test_settings_are_immutable() -> None:
    """They are read once, at start."""
    settings = read(CoreSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "DEBUG"


def test_a_program_that_cannot_start_says_why_and_ends_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    """One line on the standard error, no traceback."""
    with pytest.raises(SystemExit) as ended:
        stop(SettingsError("REASSORT_PEPPER is not set"))
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "REASSORT_PEPPER is not set\n")
