"""Settings from the environment, read once at start; each process reads the class that it needs."""

import sys
from base64 import b64decode
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, Field, FilePath, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from activities.config.together import Together, variable

_KEY_BYTES = 32
_KEY = "64 hexadecimal characters are needed (openssl rand -hex 32)"
_PAIR = "64 hexadecimal characters are needed (python -m activities.security.signing_keys)"
_PUBLIC = "44 characters of base64 are needed (python -m activities.security.signing_keys)"
_ELECTION = "the election's file is needed, the same for every process (election/default.toml is to start from)"
_ISSUER = "the issuer of the operators' identity provider is needed, as its discovery document has it"
_RELAY = "the host of the mail relay is needed"
_DOMAIN = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_DATABASE = "the URL of the roll database is needed (postgresql+psycopg://user:password@host/name)"
# Signatures by a private key. All of them hash with SHA-256, as `at_hash` does then.
_ALGORITHMS = "RS256 ES256 PS256"
_ALGORITHM = _ALGORITHMS.replace(" ", "|")


def _checked_key(value: SecretStr) -> SecretStr:
    if not _is_key(value.get_secret_value()):
        raise ValueError(_KEY)
    return value


def _checked_private_half(value: SecretStr) -> SecretStr:
    if not _is_key(value.get_secret_value()):
        raise ValueError(_PAIR)
    return value


def _checked_public_half(value: str) -> str:
    try:
        right = len(b64decode(value, validate=True)) == _KEY_BYTES
    except ValueError:
        right = False
    if not right:
        raise ValueError(_PUBLIC)
    return value


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == _KEY_BYTES
    except ValueError:
        return False


# The description is the end of the error message for a missing variable.
Key = Annotated[SecretStr, AfterValidator(_checked_key), Field(description=_KEY)]
PrivateHalf = Annotated[SecretStr, AfterValidator(_checked_private_half), Field(description=_PAIR)]
PublicHalf = Annotated[str, AfterValidator(_checked_public_half), Field(description=_PUBLIC)]
DatabaseUrl = Annotated[str, Field(description=_DATABASE, repr=False)]
# Without a default: a process that lacks the variable would serve another election than its neighbours.
ElectionFile = Annotated[Path, Field(description=_ELECTION)]


LogLevel = Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")]
Theme = Annotated[str, Field(pattern="^(dsfr|neutral)$")]

# How an operator writes its ids of messages.
SmppIds = Literal["text", "decimal", "hexadecimal"]
# Points of a hundred: what a gateway begins with when it is configured for the first time.
Priority = Annotated[int, Field(ge=0, le=100)]
Rate = Annotated[float, Field(gt=0)]


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REASSORT_", frozen=True, hide_input_in_errors=True)
    together: ClassVar[tuple[Together, ...]] = ()


SettingsT = TypeVar("SettingsT", bound=_Environment)


class ProcessSettings(_Environment):
    """What the web and every worker role need."""

    election: ElectionFile
    database_url: DatabaseUrl
    log_level: LogLevel = "INFO"


class CoreSettings(ProcessSettings):
    """What the web and the worker roles of recoveries need: what opens what voters typed."""

    public_url: str = "http://127.0.0.1:8000"
    master_key: Key
    link_key: Key


class RollSettings(CoreSettings):
    """What the web and the `recoveries` role need: the pepper, to find electors by keyed hash."""

    pepper: Key


class MetricsSettings(_Environment):
    """Where a worker answers Prometheus; nowhere without a port. The web answers at its own port."""

    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None


class RecoveriesSettings(RollSettings, MetricsSettings):
    """What the `recoveries` role needs beside the roll: what verifies the signatures of web, messaging role and console."""

    web_public_key: PublicHalf
    messaging_public_key: PublicHalf
    console_public_key: PublicHalf


class RollImportSettings(ProcessSettings, MetricsSettings):
    """What the role `roll` needs: the pepper, the key that opens uploaded files, and what verifies the console's orders."""

    pepper: Key
    roll_key: PrivateHalf
    console_public_key: PublicHalf


class ImportSettings(_Environment):
    """What importing the roll and unlocking a sign-in need: the pepper, and no other key."""

    election: ElectionFile
    database_url: DatabaseUrl
    pepper: Key


class FiguresSettings(_Environment):
    """What the figures command needs; it reads `delivery.late_after` of the election's file."""

    election: ElectionFile
    database_url: DatabaseUrl


class ExportSettings(FiguresSettings):
    """What the export of the evidence needs beside the figures: the private half that signs it."""

    evidence_key: Key


class MailingSettings(_Environment):
    """What an operator's mailing command needs."""

    election: ElectionFile


class MailingCountSettings(_Environment):
    """What the same command may have: the database, to count what came after a mailing's end."""

    database_url: str | None = Field(default=None, repr=False)


class OrderSettings(_Environment):
    """What the command line of operators' orders may have: the console's key, for when the console is down."""

    console_signing_key: PrivateHalf | None = None


class WebSettings(RollSettings):
    """What the web needs beside the roll."""

    together = (Together(("france_connect_issuer", "france_connect_secret")),)

    form_key: Key
    web_signing_key: PrivateHalf
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    web_streams: Annotated[int, Field(gt=0)] = 10_000
    web_requests: Annotated[int, Field(gt=0)] = 32
    france_connect_issuer: str | None = None
    france_connect_client_id: str = "reassort"
    france_connect_secret: SecretStr | None = None
    theme: Theme = "dsfr"


class ConsoleSettings(_Environment):
    """What the operators' console needs: neither the pepper nor a key that opens what voters typed."""

    election: ElectionFile
    public_url: str = "http://127.0.0.1:8000"
    database_url: DatabaseUrl
    log_level: LogLevel = "INFO"
    theme: Theme = "dsfr"
    console_key: Key
    console_signing_key: PrivateHalf
    roll_public_key: PublicHalf
    console_host: str = "127.0.0.1"
    console_port: int = 8001
    console_issuer: Annotated[str, Field(description=_ISSUER)]
    console_client_id: str = "reassort-console"
    console_secret: SecretStr | None = None
    console_scopes: str = "openid profile"
    console_roles_claim: str = "roles"
    console_role_prefix: str | None = None
    console_algorithms: Annotated[str, Field(pattern=f"^({_ALGORITHM})( ({_ALGORITHM}))*$")] = _ALGORITHMS
    console_web_url: str = "http://127.0.0.1:8000"
    console_temporal_ui: str = "http://127.0.0.1:8233"


class MessagingSettings(CoreSettings, MetricsSettings):
    """What the `messaging` role needs: the gateways and their credentials."""

    together = (
        Together(("smtp_user", "smtp_password")),
        Together(("smtp2_host",), ("smtp2_user", "smtp2_password", "smtp2_ca_file", "smtp2_priority")),
        Together(("smtp2_user", "smtp2_password")),
        Together(("smpp_host", "smpp_system_id", "smpp_password"), ("smpp_system_type",)),
        Together(
            ("sms_http_provider",),
            ("sms_http_account", "sms_http_url", "sms_http_rate", "sms_http_priority", "sms_http_suspended"),
        ),
    )

    messaging_signing_key: PrivateHalf
    smtp_host: Annotated[str, Field(min_length=1, description=_RELAY)]
    smtp_port: int = 2525
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    smtp_ca_file: FilePath | None = None
    mail_from: str = "ne-pas-repondre@elections.exemple.fr"
    bounce_domain: Annotated[str, Field(pattern=_DOMAIN)] | None = None
    lmtp_host: str = "127.0.0.1"
    lmtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    # Of a relay that reports bounces by HTTP.
    bounce_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    # A second relay, if there is one.
    smtp2_host: str | None = None
    smtp2_port: int = 587
    smtp2_user: str | None = None
    smtp2_password: SecretStr | None = None
    smtp2_starttls: bool = True
    smtp2_ca_file: FilePath | None = None
    smtp2_priority: Priority = 0
    smpp_host: str | None = None
    smpp_port: int = 2775
    smpp_system_id: str | None = None
    smpp_password: SecretStr | None = None
    smpp_system_type: str | None = None
    smpp_answer_ids: SmppIds = "text"
    smpp_receipt_ids: SmppIds = "text"
    smpp_tls: bool = True
    smpp_rate: Rate = 20.0
    # An operator by HTTP, beside SMPP or in its place.
    sms_http_provider: str | None = None
    sms_http_account: dict[str, SecretStr] = {}
    sms_http_url: str | None = None
    sms_http_rate: Rate | None = None
    sms_http_priority: Priority = 0
    sms_http_suspended: bool = False
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8002


class SettingsError(Exception):
    """Raised when a setting is missing or wrong; the text names the variable and what it must be."""


def key_bytes(key: SecretStr) -> bytes:
    """Return the 32 bytes of a key."""
    return bytes.fromhex(key.get_secret_value())


def read(kind: type[SettingsT]) -> SettingsT:
    """Return the settings of a class, from the environment.

    Raises:
        SettingsError: one line that names each variable that is missing or wrong, or that another one needs, never its value.
    """
    try:
        found = kind()
    except ValidationError as error:
        raise SettingsError("; ".join(_fault(kind, detail) for detail in error.errors())) from None
    if faults := [fault for each in kind.together for fault in each.faults(found)]:
        raise SettingsError("; ".join(faults))
    return found


def _fault(kind: type[_Environment], detail: ErrorDetails) -> str:
    field = str(detail["loc"][0])
    if detail["type"] == "missing":
        wanted = kind.model_fields[field].description
        return f"{variable(field)} is not set" + (f": {wanted}" if wanted else "")
    return f"{variable(field)}: {detail['msg'].removeprefix('Value error, ')}"


def stop(error: Exception) -> NoReturn:
    """End the program with one line on the standard error and status 2."""
    sys.stderr.write(f"{error}\n")
    raise SystemExit(2)
