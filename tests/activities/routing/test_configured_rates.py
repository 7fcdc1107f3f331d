"""The gateways that a process registers have the rates of its settings."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pydantic import SecretStr

from activities.config.settings import MessagingSettings
from activities.sending_gateways import build_gateways
from activities.store.database import Database
from election.settings import load

_DEMO = Path(__file__).parents[3] / "election" / "demo.toml"


def test_each_sms_gateway_has_its_rate_and_a_relay_none() -> None:
    """By SMPP as it is set, by HTTP as the provider's file says; together they limit the process."""
    key, receipts = SecretStr("1" * 64), SimpleNamespace(receive=None, store=None)
    settings = MessagingSettings(
        election=_DEMO,
        database_url="postgresql+psycopg:///unused",
        master_key=key,
        link_key=key,
        messaging_signing_key=key,
        smtp_host="127.0.0.1",
        smpp_host="127.0.0.1",
        smpp_system_id="reassort",
        smpp_password=SecretStr("fiction"),
        smpp_rate=7.5,
        sms_http_provider="brevo",
        sms_http_account={"api_key": SecretStr("fiction"), "events_token": SecretStr("fiction")},
    )
    built = build_gateways(settings, load(_DEMO), Database(settings.database_url), cast("Any", receipts))
    assert {each.name: each.rate for each in built.configured} == {"smpp": 7.5, "brevo": 20.0, "smtp": None}
    assert built.sms_rate == 27.5
