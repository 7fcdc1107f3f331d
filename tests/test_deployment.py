"""The production files: pinned images, health checks, and for each service only its own secrets."""

import re
import shutil
import ssl
import subprocess
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own
from sqlalchemy.pool import QueuePool
from temporalio.envconfig import ClientConfig
from temporalio.service import TLSConfig

import worker
from activities.config.settings import (
    ConsoleSettings,
    FiguresSettings,
    ImportSettings,
    MessagingSettings,
    ProcessSettings,
    RecoveriesSettings,
    RollImportSettings,
    WebSettings,
)
from activities.store.database import Database
from demo.processes import temporal

_ROOT = Path(__file__).parent.parent
_VERSION = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"]
_EXACT = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?")
_SECRET = re.compile(r"KEY|PEPPER|PASSWORD|PWD|SECRET|TOKEN")
_REFERENCE = re.compile(r"\$\{(\w+)(:\?|:-)?[^}]*\}")
_PASSED_ON = re.compile(r"^ +(REASSORT_\w+):$", re.MULTILINE)
_PARTS: dict[str, type[ConsoleSettings | ProcessSettings]] = {
    "worker-recoveries": RecoveriesSettings,
    "worker-messaging": MessagingSettings,
    "worker-roll": RollImportSettings,
    "web": WebSettings,
    "console": ConsoleSettings,
}
_ONCE = {"migrate", "roll-grants", "temporal-schema", "temporal-namespace"}
_METRICS = {"prometheus", "grafana", "node-exporter"}
# Settings that the file does not pass on, each with its reason.
_NOT_PASSED = {
    "REASSORT_WEB_PORT": "the port in the container; the file publishes it under another",
    "REASSORT_CONSOLE_PORT": "the same",
    "REASSORT_WEBHOOK_PORT": "the same",
}
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
    """Databases, Temporal with its UI, migrations, worker roles, web, console, metrics, and the demo's mail and SMS servers."""
    named = {"roll-database", "temporal-database", "temporal", "temporal-ui", "mail", "smsc"} | _METRICS
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


def test_no_log_fills_the_disk(services: dict[str, Service]) -> None:
    """Docker keeps the last 500 MB of each container, as operations.md says."""
    kept = {"driver": "local", "options": {"max-size": "50m", "max-file": "10"}}
    assert [name for name, service in services.items() if service.get("logging") != kept] == []


def test_no_secret_stands_in_the_file(services: dict[str, Service], example: dict[str, str]) -> None:
    """Every secret is a variable that must be set, and the example contains none."""
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            is_file = str(value).startswith("/certs/")  # a path, not a secret
            if _SECRET.search(variable) and value is not None and not is_file:
                assert _REFERENCE.fullmatch(value), f"{name}: {variable}"
                assert ":?" in value, f"{name}: {variable}"
            assert not re.search(r"://\w+:(?!\$|\d+$)", str(value)), f"{name}: {variable}"
    drawn = {value for variable, value in example.items() if _SECRET.search(variable)}
    assert drawn == {"draw-me", "made-by-signing_keys", "fiction"}  # the demo's message centre checks no password


def test_the_example_names_every_variable(example: dict[str, str]) -> None:
    """The example sets each variable that must be set, names the others behind a `#`, and has none that is not used."""
    text = (_ROOT / "docker-compose.yml").read_text()
    used = set(_REFERENCE.findall(text))
    names = {name for name, _ in used} | set(_PASSED_ON.findall(text))
    assert {name for name, sign in used if sign != ":-"} <= set(example)
    named = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (_ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted({*named} - {"COMPOSE_PROFILES"}) == sorted(names)
    assert len(named) == len({*named})


@pytest.mark.parametrize(("name", "settings"), _PARTS.items())
def test_each_process_has_all_its_settings_and_no_others(
    services: dict[str, Service], name: str, settings: type[ConsoleSettings | ProcessSettings]
) -> None:
    """A service has each variable that its program reads, if need be from `.env`, and no other."""
    given = {key for key in services[name]["environment"] if key.startswith("REASSORT_")}
    read = {f"REASSORT_{field.upper()}" for field in settings.model_fields}
    assert given == read - set(_NOT_PASSED)


def test_what_is_not_passed_on_is_a_setting(services: dict[str, Service]) -> None:
    """The exceptions are ports that a program reads and that the file publishes."""
    fields = {f"REASSORT_{field.upper()}" for settings in _PARTS.values() for field in settings.model_fields}
    published = {
        port for service in services.values() for each in service.get("ports", []) for port in _variable(each)
    }
    assert set(_NOT_PASSED) <= fields & published


def _variable(port: str) -> list[str]:
    return [name for name, _ in _REFERENCE.findall(port)]


def test_no_process_has_another_s_secrets(services: dict[str, Service]) -> None:
    """Messaging cannot identify an elector; recoveries, web and roll cannot send; the console and roll open nothing of voters."""
    given = {name: set(services[name]["environment"]) for name in _PARTS}
    assert not {"REASSORT_PEPPER", "REASSORT_FORM_KEY"} & given["worker-messaging"]
    signers = {
        "REASSORT_WEB_SIGNING_KEY": "web",
        "REASSORT_MESSAGING_SIGNING_KEY": "worker-messaging",
        "REASSORT_CONSOLE_SIGNING_KEY": "console",
        "REASSORT_ROLL_KEY": "worker-roll",
    }
    assert {key: [name for name in given if key in given[name]] for key in signers} == {
        key: [signer] for key, signer in signers.items()
    }
    assert not (_GATEWAYS | {"REASSORT_FORM_KEY"}) & given["worker-recoveries"]
    assert not (_GATEWAYS | {"REASSORT_MASTER_KEY", "REASSORT_LINK_KEY"}) & given["worker-roll"]
    assert not _GATEWAYS & given["web"]
    ours = {
        "REASSORT_CONSOLE_KEY",
        "REASSORT_CONSOLE_SIGNING_KEY",
        "REASSORT_CONSOLE_SECRET",
        "REASSORT_ROLL_PUBLIC_KEY",
    }
    assert {each for each in given["console"] if each.startswith("REASSORT_") and _SECRET.search(each)} == ours
    assert "gateways" not in services["web"]["networks"] + services["worker-recoveries"]["networks"]


def test_each_process_has_its_own_database_user(services: dict[str, Service]) -> None:
    """Each has its own user and password; only services that run once have the owner's."""
    for name in _PARTS:
        user = name.removeprefix("worker-")
        url = services[name]["environment"]["REASSORT_DATABASE_URL"]
        assert url.startswith(f"postgresql+psycopg://{user}:${{ROLL_{user.upper()}_PASSWORD:?}}@"), name
    passwords = {name: _variables(services[name]) for name in _PARTS}
    assert all(len({key for key in names if key.startswith("ROLL_")}) == 1 for names in passwords.values())
    assert "TEMPORAL_DATABASE_PASSWORD" not in set().union(*passwords.values())


def test_the_databases_take_every_connection(services: dict[str, Service]) -> None:
    """Of pools that are full, also with a second web and a second worker of each role; three are the superuser's."""
    most = dict.fromkeys(("web", "console"), _most_connections()) | {
        name: _most_connections(pool_size=worker._POOL_SIZE) for name in _PARTS if name.startswith("worker-")
    }
    assert set(most) == set(_PARTS)
    once, twice = sum(most.values()), sum(2 * number for name, number in most.items() if name != "console")
    [documented] = re.findall(
        r"opens up to (\d+) connections to the roll database, a worker up to (\d+): one process of each takes (\d+), "
        r"a second web and a second worker of\s+each role (\d+). `max_connections` is (\d+)",
        (_ROOT / "docs" / "operations.md").read_text(),
    )
    settings = [" ".join(services[f"{name}-database"]["command"]) for name in ("roll", "temporal")]
    assert settings == [f"postgres -c max_connections={documented[-1]}"] * 2
    numbers = [most["web"], most["worker-recoveries"], once, twice + most["console"]]
    assert [int(number) for number in documented[:-1]] == numbers
    assert numbers[-1] + 20 + 3 <= int(documented[-1])


def _most_connections(**sizes: int) -> int:
    """Return how many connections a process opens when its pool is full."""
    pool = Database("postgresql+psycopg://web@127.0.0.1/reassort", **sizes)._engine.pool
    assert isinstance(pool, QueuePool)
    return pool.size() + pool._max_overflow


def test_migrations_have_no_key(services: dict[str, Service]) -> None:
    """They have the database and the election's file; the import of a roll also needs the pepper."""
    assert set(services["migrate"]["environment"]) == {"REASSORT_DATABASE_URL", "REASSORT_ELECTION"}
    assert {"election", "database_url", "pepper"} == {
        name for name, info in ImportSettings.model_fields.items() if info.is_required()
    }


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of certificates that the documented commands make."""
    folder = tmp_path_factory.mktemp("certificates") / "certs"
    folder.mkdir()
    commands = re.search(r"```sh\ncd certs\n(.*?)```", (_ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    assert commands
    subprocess.run(["/bin/sh", "-ec", commands[1]], cwd=folder, check=True, capture_output=True)
    return folder


def test_temporal_asks_for_a_certificate(services: dict[str, Service]) -> None:
    """Nobody reaches the frontend without one; each service has its own and no other's; the UI writes nothing."""
    server = services["temporal"]["environment"]
    assert server["TEMPORAL_TLS_REQUIRE_CLIENT_AUTH"] == "true"
    assert server["TEMPORAL_TLS_CLIENT1_CA_CERT"] == "/certs/ca.pem"
    clients = {
        name for name, service in services.items() if "TEMPORAL_ADDRESS" in (service.get("environment") or {})
    }
    assert clients == {"temporal-namespace", "temporal-ui", *_PARTS}
    for name in {"temporal", *clients}:
        own = "operator" if name == "temporal-namespace" else name
        mounted = [re.sub(r"\$\{TEMPORAL_CERTS:[^}]*\}", "certs", each) for each in services[name]["volumes"]]
        assert [each for each in mounted if each.startswith("certs")] == [f"certs/{own}:/certs:ro"], name
    assert services["temporal-ui"]["environment"]["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


@pytest.mark.parametrize("name", _PARTS)
def test_a_process_shows_its_certificate_to_temporal(
    services: dict[str, Service], certificates: Path, name: str
) -> None:
    """The SDK reads the variables of its service; the server accepts the certificate, and nobody without one."""
    given = {key: str(value) for key, value in services[name]["environment"].items()}
    variables = {
        key: value.replace("/certs", str(certificates / name))
        for key, value in given.items()
        if key.startswith("TEMPORAL_")
    }
    tls = ClientConfig.load_client_connect_config(override_env_vars=variables)["tls"]
    assert isinstance(tls, TLSConfig)
    assert tls.client_cert == (certificates / name / "tls.pem").read_bytes()
    assert tls.client_private_key == (certificates / name / "tls.key").read_bytes()
    assert tls.server_root_ca_cert == (certificates / "ca.pem").read_bytes()
    assert _is_accepted(certificates, name, tls.domain or "")
    assert not _is_accepted(certificates, None, tls.domain or "")


def _is_accepted(certificates: Path, client: str | None, server_name: str) -> bool:
    """Return whether a server with Temporal's certificate accepts a client, and the client the server."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.pem"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(certificates / "temporal" / "tls.pem", certificates / "temporal" / "tls.key")
    context = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
    if client:
        context.load_cert_chain(certificates / client / "tls.pem", certificates / client / "tls.key")
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    waiting = [
        server.wrap_bio(to_server, to_client, server_side=True),
        context.wrap_bio(to_client, to_server, server_hostname=server_name),
    ]
    for _ in range(8):
        for end in list(waiting):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
            waiting.remove(end)
    return not waiting


def test_ports_are_published_on_this_machine_only(services: dict[str, Service]) -> None:
    """What has pages, and what receives bounces and receipts, is published on 127.0.0.1; networks but two have no way to the outside."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"web", "console", "worker-messaging", "temporal-ui", "mail", "prometheus", "grafana"}
    assert all(port.startswith("127.0.0.1:") for each in ports.values() for port in each)
    networks: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"gateways", "published"}


@pytest.mark.parametrize("name", ["web", "console"])
def test_the_proxy_of_this_machine_says_whom_a_request_comes_from(services: dict[str, Service], name: str) -> None:
    """What comes to a published port is seen from the gateway of the only network with a way out: that address is fixed, and trusted."""
    networks: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["networks"]
    [outer] = [each for each in services[name]["networks"] if not networks[each].get("internal")]
    [addresses] = networks[outer]["ipam"]["config"]
    trusted = services[name]["environment"]["FORWARDED_ALLOW_IPS"]
    assert _default(trusted) == _default(addresses["gateway"])
    network, gateway = (_default(addresses[each]) for each in ("subnet", "gateway"))
    assert ip_address(gateway) in ip_network(network)
    assert ip_network(network).is_private


def _default(value: str) -> str:
    """Return what a variable of the file is when nobody sets it."""
    [default] = re.findall(r"\$\{\w+:-([^}]+)\}", value)
    return str(default)


def test_production_s_temporal_has_the_demo_s_configuration(services: dict[str, Service]) -> None:
    """The dynamic configuration is the same, except for the number of queue partitions, so that measures apply to both."""
    settings = yaml.safe_load(services["temporal"]["environment"]["DYNAMIC_CONFIG"])
    production = {name: str(values[0]["value"]) for name, values in settings.items()}
    demo = dict(setting.replace('"', "").split("=") for setting in temporal._TUNING)
    assert production == {name: value for name, value in demo.items() if "Partitions" not in name}


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


def test_the_owner_s_commands_have_the_election_s_file(services: dict[str, Service]) -> None:
    """The roll's import and the figures run in `migrate`, as operations.md says: it has what they read, but the pepper."""
    migrate = services["migrate"]
    for settings in (ImportSettings, FiguresSettings):
        required = {name for name, field in settings.model_fields.items() if field.is_required()}
        assert {f"REASSORT_{name.upper()}" for name in required - {"pepper"}} <= set(migrate["environment"])
    [mounted] = migrate["volumes"]
    assert mounted.endswith(f":{migrate['environment']['REASSORT_ELECTION']}:ro")
    assert "-e REASSORT_ELECTION" not in (_ROOT / "docs" / "operations.md").read_text()
