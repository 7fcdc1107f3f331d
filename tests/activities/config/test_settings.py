"""A missing or wrong variable is reported in one line, with what is needed and without its value."""

import os

import pytest

from activities.config.settings import (
    ConsoleSettings,
    CoreSettings,
    ExportSettings,
    FiguresSettings,
    ImportSettings,
    MailingSettings,
    MessagingSettings,
    ProcessSettings,
    RecoveriesSettings,
    RollImportSettings,
    RollSettings,
    SettingsError,
    WebSettings,
    key_bytes,
    read,
    stop,
)

Environment = pytest.MonkeyPatch
KEY = "0123456789abcdef" * 4
PUBLIC = "ABCDEFGHIJK" * 3 + "ABCDEFGHIJ="
RIGHT = {
    "REASSORT_ELECTION": "election/2022.toml",
    "REASSORT_DATABASE_URL": "postgresql+psycopg://elections:hush@db/roll",
    "REASSORT_MASTER_KEY": KEY,
    "REASSORT_LINK_KEY": KEY,
    "REASSORT_PEPPER": KEY,
    "REASSORT_FORM_KEY": KEY,
    "REASSORT_EVIDENCE_KEY": KEY,
    "REASSORT_WEB_SIGNING_KEY": KEY,
    "REASSORT_WEB_PUBLIC_KEY": PUBLIC,
    "REASSORT_MESSAGING_SIGNING_KEY": KEY,
    "REASSORT_MESSAGING_PUBLIC_KEY": PUBLIC,
    "REASSORT_CONSOLE_KEY": KEY,
    "REASSORT_CONSOLE_SIGNING_KEY": KEY,
    "REASSORT_CONSOLE_ISSUER": "https://identite.exemple.fr",
    "REASSORT_CONSOLE_PUBLIC_KEY": PUBLIC,
    "REASSORT_ROLL_KEY": KEY,
    "REASSORT_ROLL_PUBLIC_KEY": PUBLIC,
    "REASSORT_SMTP_HOST": "relais.exemple.fr",
    "REASSORT_SMPP_HOST": "smsc.exemple.fr",
    "REASSORT_SMPP_SYSTEM_ID": "reassort",
    "REASSORT_SMPP_PASSWORD": "hush",
}
Kind = type[ConsoleSettings | ProcessSettings | ImportSettings | FiguresSettings | MailingSettings]
CORE = {"ELECTION", "DATABASE_URL", "MASTER_KEY", "LINK_KEY"}
KINDS: dict[Kind, set[str]] = {
    CoreSettings: CORE,
    RollSettings: CORE | {"PEPPER"},
    RecoveriesSettings: CORE | {"PEPPER", "WEB_PUBLIC_KEY", "MESSAGING_PUBLIC_KEY", "CONSOLE_PUBLIC_KEY"},
    ImportSettings: {"ELECTION", "DATABASE_URL", "PEPPER"},
    WebSettings: CORE | {"PEPPER", "FORM_KEY", "WEB_SIGNING_KEY"},
    ConsoleSettings: {
        *("ELECTION", "DATABASE_URL", "CONSOLE_KEY", "CONSOLE_SIGNING_KEY", "CONSOLE_ISSUER", "ROLL_PUBLIC_KEY")
    },
    RollImportSettings: {"ELECTION", "DATABASE_URL", "PEPPER", "ROLL_KEY", "CONSOLE_PUBLIC_KEY"},
    FiguresSettings: {"ELECTION", "DATABASE_URL"},
    ExportSettings: {"ELECTION", "DATABASE_URL", "EVIDENCE_KEY"},
    MailingSettings: {"ELECTION"},
    MessagingSettings: CORE | {"MESSAGING_SIGNING_KEY", "SMTP_HOST"},
}
KEYS = ["MASTER_KEY", "LINK_KEY", "PEPPER", "FORM_KEY"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with every required variable, and no other of ours."""
    for name in [each for each in os.environ if each.upper().startswith("REASSORT_")]:
        monkeypatch.delenv(name)
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def _fault(kind: Kind) -> str:
    with pytest.raises(SettingsError) as caught:
        read(kind)
    assert caught.value.__cause__ is None
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_required_variables_are_enough(kind: Kind) -> None:
    """Each kind of settings can be read when its required variables are set."""
    assert read(kind).model_fields_set >= {name.lower() for name in KINDS[kind]}


@pytest.mark.parametrize("kind", KINDS)
def test_all_missing_variables_are_reported_at_once(environment: Environment, kind: Kind) -> None:
    """With an empty environment, each kind reports all its required variables and none of another kind's."""
    for name in RIGHT:
        environment.delenv(name)
    faults = _fault(kind).split("; ")
    assert {each.split()[0] for each in faults} == {f"REASSORT_{name}" for name in KINDS[kind]}
    assert all(" is not set" in each for each in faults)


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_reported_with_how_to_make_one(environment: Environment, key: str) -> None:
    """The line contains the command that generates a key."""
    environment.delenv(f"REASSORT_{key}")
    assert _fault(WebSettings) == (
        f"REASSORT_{key} is not set: 64 hexadecimal characters are needed (openssl rand -hex 32)"
    )


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["", "5ecre7", KEY[:-2], KEY + "00", "not-hexadecimal" * 4, "change-me"])
def test_a_malformed_key_is_reported_without_its_value(environment: Environment, key: str, value: str) -> None:
    """The line says what a key must be, and does not contain the wrong value."""
    environment.setenv(f"REASSORT_{key}", value)
    fault = _fault(WebSettings)
    assert fault == f"REASSORT_{key}: 64 hexadecimal characters are needed (openssl rand -hex 32)"
    assert not value or value not in fault


@pytest.mark.parametrize(
    ("half", "kind", "shape"),
    [
        ("WEB_SIGNING_KEY", WebSettings, "64 hexadecimal characters"),
        ("WEB_PUBLIC_KEY", RecoveriesSettings, "44 characters of base64"),
    ],
)
@pytest.mark.parametrize("value", ["", "made-by-signing_keys", KEY[:-2]])
def test_a_malformed_half_of_a_pair_is_reported_with_how_to_make_one(
    environment: Environment, half: str, kind: Kind, shape: str, value: str
) -> None:
    """A public half cannot be drawn at random, so the line names the command that makes both."""
    environment.setenv(f"REASSORT_{half}", value)
    fault = _fault(kind)
    assert fault.startswith(f"REASSORT_{half}: {shape} are needed (python -m ")
    assert not value or value not in fault.replace("python -m activities.security.signing_keys", "")


def test_a_missing_database_url_is_reported_with_its_form(environment: Environment) -> None:
    """The line says what the URL looks like."""
    environment.delenv("REASSORT_DATABASE_URL")
    assert _fault(CoreSettings).startswith("REASSORT_DATABASE_URL is not set: the URL of the roll database")


@pytest.mark.parametrize("kind", KINDS)
def test_no_program_runs_without_being_told_its_election(environment: Environment, kind: Kind) -> None:
    """The line says which file a new election starts from; no election is taken in silence."""
    environment.delenv("REASSORT_ELECTION")
    fault = _fault(kind)
    assert fault.startswith("REASSORT_ELECTION is not set: the election's file is needed")
    assert "election/default.toml" in fault


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
def test_a_wrong_value_is_reported_without_the_value(
    environment: Environment, name: str, value: str, kind: type[CoreSettings]
) -> None:
    """The value is not printed: it could be a secret that was put into the wrong variable."""
    environment.setenv(f"REASSORT_{name}", value)
    fault = _fault(kind)
    assert fault.startswith(f"REASSORT_{name}: ")
    assert "s3cret" not in fault


@pytest.mark.parametrize(
    ("given", "missing", "kind"),
    [
        ({"SMPP_HOST": ""}, {"SMPP_HOST": "SMPP_SYSTEM_ID"}, MessagingSettings),
        (
            {"SMPP_HOST": "", "SMPP_PASSWORD": ""},
            dict.fromkeys(("SMPP_HOST", "SMPP_PASSWORD"), "SMPP_SYSTEM_ID"),
            MessagingSettings,
        ),
        ({"SMPP_SYSTEM_ID": ""}, {"SMPP_SYSTEM_ID": "SMPP_HOST"}, MessagingSettings),
        ({"SMTP_USER": "vote"}, {"SMTP_PASSWORD": "SMTP_USER"}, MessagingSettings),
        ({"SMTP2_PRIORITY": "50"}, {"SMTP2_HOST": "SMTP2_PRIORITY"}, MessagingSettings),
        ({"SMTP2_HOST": "b.fr", "SMTP2_PASSWORD": "hush"}, {"SMTP2_USER": "SMTP2_PASSWORD"}, MessagingSettings),
        ({"SMS_HTTP_ACCOUNT": '{"key": "hush"}'}, {"SMS_HTTP_PROVIDER": "SMS_HTTP_ACCOUNT"}, MessagingSettings),
        (
            {"FRANCE_CONNECT_ISSUER": "https://fc.fr"},
            {"FRANCE_CONNECT_SECRET": "FRANCE_CONNECT_ISSUER"},
            WebSettings,
        ),
        ({"FRANCE_CONNECT_SECRET": "hush"}, {"FRANCE_CONNECT_ISSUER": "FRANCE_CONNECT_SECRET"}, WebSettings),
    ],
)
def test_half_a_gateway_is_reported(
    environment: Environment, given: dict[str, str], missing: dict[str, str], kind: Kind
) -> None:
    """It would look like one that is away, or like none. The line names what is missing, and what needs it."""
    for name, value in given.items():
        environment.setenv(f"REASSORT_{name}", value)
    assert _fault(kind) == "; ".join(
        f"REASSORT_{name} is not set, which REASSORT_{other} needs" for name, other in missing.items()
    )


def test_variables_that_are_set_to_nothing_are_no_gateway(environment: Environment) -> None:
    """A file of variables may name each, whether it has a value or not."""
    for name in ("SMPP_HOST", "SMPP_SYSTEM_ID", "SMPP_PASSWORD", "SMTP2_HOST", "SMTP_USER", "SMTP_PASSWORD"):
        environment.setenv(f"REASSORT_{name}", "")
    assert read(MessagingSettings).smpp_host == ""


def test_the_repr_of_settings_contains_no_secret() -> None:
    """It shows neither a key nor a password."""
    for kind in (WebSettings, MessagingSettings):
        assert KEY not in repr(read(kind))
        assert "hush" not in repr(read(kind))


def test_a_key_is_read_as_its_32_bytes() -> None:
    """The hexadecimal characters are decoded."""
    assert key_bytes(read(CoreSettings).master_key) == bytes.fromhex(KEY)


def test_settings_cannot_be_changed() -> None:
    """Assigning to a field raises."""
    settings = read(CoreSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "DEBUG"


def test_a_program_that_cannot_start_prints_the_reason_and_ends_with_status_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line on standard error, without a traceback."""
    with pytest.raises(SystemExit) as ended:
        stop(SettingsError("REASSORT_PEPPER is not set"))
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "REASSORT_PEPPER is not set\n")
