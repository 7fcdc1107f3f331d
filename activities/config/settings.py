"""What the environment says, read once; each process passes on the parts that it needs."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

_KEY_BYTES = 32
_KEY = "64 hexadecimal characters are needed (openssl rand -hex 32)"
_DATABASE = "the URL of the roll database is needed (postgresql+psycopg://… or sqlite+aiosqlite:///…)"

# A description is what is said when the variable is missing.
Key = Annotated[SecretStr, Field(description=_KEY)]
DatabaseUrl = Annotated[str, Field(description=_DATABASE, repr=False)]


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REASSORT_", frozen=True, hide_input_in_errors=True)


SettingsT = TypeVar("SettingsT", bound=_Environment)


class CoreSettings(_Environment):
    """What web and workers both need."""

    election: Path = Path("election/default.toml")
    public_url: str = "http://127.0.0.1:8000"
    database_url: DatabaseUrl
    master_key: Key
    link_key: Key
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")] = "INFO"

    @field_validator("master_key", "link_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        return _checked_key(value)


class RollSettings(CoreSettings):
    """What recognises electors: the web and the `recoveries` role."""

    pepper: Key

    @field_validator("pepper")
    @classmethod
    def _pepper_long_enough(cls, value: SecretStr) -> SecretStr:
        return _checked_key(value)


class ImportSettings(_Environment):
    """What the import of the roll needs: of the keys, the pepper alone."""

    election: Path = Path("election/default.toml")
    database_url: DatabaseUrl
    pepper: Key

    @field_validator("pepper")
    @classmethod
    def _pepper_long_enough(cls, value: SecretStr) -> SecretStr:
        return _checked_key(value)


class FiguresSettings(_Environment):
    """What the figures need: of the election, when a message is late."""

    election: Path = Path("election/default.toml")
    database_url: DatabaseUrl


class CampaignSettings(_Environment):
    """What an operator's command over a campaign needs."""

    election: Path = Path("election/default.toml")


class WebSettings(RollSettings):
    """What the door needs beside the roll."""

    form_key: Key
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    france_connect_issuer: str | None = None
    france_connect_client_id: str = "reassort"
    france_connect_secret: SecretStr | None = None
    theme: Annotated[str, Field(pattern="^(dsfr|neutral)$")] = "dsfr"

    @field_validator("form_key")
    @classmethod
    def _form_key_long_enough(cls, value: SecretStr) -> SecretStr:
        return _checked_key(value)


class MessagingSettings(CoreSettings):
    """What the `messaging` role needs: the gateways and their credentials."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 2525
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    mail_from: str = "ne-pas-repondre@elections.exemple.fr"
    smpp_host: str = "127.0.0.1"
    smpp_port: int = 2775
    smpp_system_id: str
    smpp_password: SecretStr
    smpp_tls: bool = True
    smpp_rate: Annotated[float, Field(gt=0)] = 20.0


class SettingsError(Exception):
    """A setting is missing or wrong; the text names the variable and the mend."""


def _checked_key(value: SecretStr) -> SecretStr:
    try:
        right = len(bytes.fromhex(value.get_secret_value())) == _KEY_BYTES
    except ValueError:
        right = False
    if not right:
        raise ValueError(_KEY)
    return value


def key_bytes(key: SecretStr) -> bytes:
    """Return the 32 bytes of a key."""
    return bytes.fromhex(key.get_secret_value())


def read(kind: type[SettingsT]) -> SettingsT:
    """Return the settings that the environment holds.

    Raises:
        SettingsError: one line naming each variable that is missing or wrong, and never its value.
    """
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError("; ".join(_fault(kind, detail) for detail in error.errors())) from None


def _fault(kind: type[_Environment], detail: ErrorDetails) -> str:
    field = str(detail["loc"][0])
    if detail["type"] == "missing":
        wanted = kind.model_fields[field].description
        return f"REASSORT_{field.upper()} is not set" + (f": {wanted}" if wanted else "")
    return f"REASSORT_{field.upper()}: {detail['msg'].removeprefix('Value error, ')}"


def stop(error: Exception) -> NoReturn:
    """End the program with one line on the standard error and status 2."""
    sys.stderr.write(f"{error}\n")
    raise SystemExit(2)
