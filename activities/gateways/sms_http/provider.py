"""How an operator's HTTP interface is spoken to: a TOML file for each, three of which ship (`providers/`)."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

SHIPPED = Path(__file__).with_name("providers")
_SECRET = re.compile(r"\{account\.(\w+)\}")

Status = Annotated[int, Field(ge=100, le=599)]
Code = str  # as the operator writes it; a number as its digits


class ProviderFileError(ValueError):
    """Raised when a provider's file cannot be used; the text names the file and the key."""


class BasicAuthentication(BaseModel, frozen=True, extra="forbid"):
    """Name and password (RFC 7617)."""

    kind: Literal["basic"]
    user: str
    password: str


class OvhSignature(BaseModel, frozen=True, extra="forbid"):
    """OVHcloud's headers: `$1$` and the SHA-1 of secret, consumer, method, address, body and time."""

    kind: Literal["ovh"]
    application_key: str
    application_secret: str
    consumer_key: str


class BearerToken(BaseModel, frozen=True, extra="forbid"):
    """A token in the header `Authorization` (RFC 6750)."""

    kind: Literal["bearer"]
    token: str


class SecretPath(BaseModel, frozen=True, extra="forbid"):
    """A secret in the address of the webhook, for an operator that does not sign its requests."""

    kind: Literal["path"]
    secret: str


class TwilioSignature(BaseModel, frozen=True, extra="forbid"):
    """The header `X-Twilio-Signature`: HMAC-SHA1 of the address and the sorted parameters."""

    kind: Literal["twilio"]
    token: str


class Alphabets(BaseModel, frozen=True, extra="forbid"):
    """What `{alphabet}` stands for when the text fits GSM 03.38, and when it does not."""

    gsm: str | bool | int
    unicode: str | bool | int


class Validity(BaseModel, frozen=True, extra="forbid"):
    """The unit of `{validity}`, after which the operator drops a message, and the most that it takes."""

    unit: Literal["minutes", "seconds"]
    most: Annotated[int, Field(gt=0)]

    def of(self, valid_for: timedelta | None) -> int:
        """Return what `{validity}` stands for; the most for a message that is of use whenever it comes."""
        if valid_for is None:
            return self.most
        return min(max(valid_for // timedelta(**{self.unit: 1}), 1), self.most)


class RequestShape(BaseModel, frozen=True, extra="forbid"):
    """The request that submits a message. Strings hold placeholders (`template.py`); `json` or `form` is the body.

    `to` is how a number is written: `+336…`, `336…` or `00336…`.
    """

    method: Literal["POST", "PUT", "GET"] = "POST"
    path: str
    to: Literal["e164", "digits", "international"] = "e164"
    headers: dict[str, str] = {}
    json_body: dict[str, Any] | None = Field(default=None, alias="json")
    form: dict[str, str] | None = None
    alphabets: Alphabets = Alphabets(gsm="gsm", unicode="unicode")
    validity: Validity = Validity(unit="minutes", most=2880)
    authentication: Annotated[BasicAuthentication | OvhSignature, Field(discriminator="kind")] | None = None


class AnswerShape(BaseModel, frozen=True, extra="forbid"):
    """Where an answer has its values, as a path of names and numbers (`ids.0`), and what its codes mean.

    `refused_by` is a value that is there when the message was refused although the status is 200.
    Codes go before statuses. Of a status that is in no list, 4xx refuses the message, and anything else is tried again.
    """

    id: Annotated[str, Field(min_length=1)]
    code: str = ""
    refused_by: str = ""
    refused_codes: frozenset[Code] = frozenset()
    not_now_codes: frozenset[Code] = frozenset()
    # Of our account, or of how much we send: no message is refused for good by one of these.
    not_now: frozenset[Status] = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})
    # An answer that says by itself that the message was not taken; another 5xx may come after it was.
    not_taken: frozenset[Status] = frozenset({503})


class LookupShape(BaseModel, frozen=True, extra="forbid"):
    """Where a message is found by the id that we gave it, with GET; `id` is where the answer has the operator's id.

    An answer without it proves nothing: the message may not be listed yet.
    """

    path: str
    id: str


class EventShape(BaseModel, frozen=True, extra="forbid"):
    """The request with which the operator reports what became of a message, and how it proves who it is.

    `failed` has the final states that are no delivery, each with our word for it (`election/faults/http.py`).
    """

    format: Literal["json", "form", "query"]
    id: str
    status: str
    reason: str = ""
    delivered: frozenset[Code]
    failed: dict[Code, Annotated[str, Field(pattern="^[a-z]+$")]]
    authentication: Annotated[
        BasicAuthentication | BearerToken | SecretPath | TwilioSignature, Field(discriminator="kind")
    ]


class Provider(BaseModel, frozen=True, extra="forbid"):
    """An operator; `rate` is in messages a second."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    url: str
    rate: Annotated[float, Field(gt=0)]
    request: RequestShape
    answer: AnswerShape
    event: EventShape
    lookup: LookupShape | None = None

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the account's values that its placeholders need."""
        return frozenset(_SECRET.findall(self.model_dump_json(by_alias=True)))


def load_provider(name_or_path: str) -> Provider:
    """Return a provider: one that ships, by its name, or one of a file of one's own, by its path.

    Raises:
        ProviderFileError: there is no such file, or it cannot be used.
    """
    shipped = {path.stem: path for path in SHIPPED.glob("*.toml")}
    path = shipped.get(name_or_path) or Path(name_or_path)
    try:
        return Provider.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError:
        known = ", ".join(sorted(shipped))
        raise ProviderFileError(f"{name_or_path}: is neither a file nor one of {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProviderFileError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ProviderFileError(f"{path}: `{key}`: {first['msg']}") from None
