"""Reads the gateways' accounts from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from activities.config.settings import ConsoleSettings, MessagingSettings, SettingsError, WebSettings, key_bytes
from activities.gateways.identity.openid_client import Registration
from activities.gateways.identity.operators import OperatorClaims
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.smpp_account import IdBase, SmppAccount
from activities.gateways.sms_http.account import PATH, HttpAccount
from activities.gateways.sms_http.provider import load_provider
from election.settings import Election


@contextmanager
def _told(variables: str) -> Iterator[None]:
    """Raise a SettingsError with the variables' names, so that a start ends with one line."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"{variables}: {error}") from None


def smpp_account(settings: MessagingSettings, election: Election) -> SmppAccount | None:
    """Return the account at an SMS operator by SMPP, or None where none is set; the sender is the election's.

    Raises:
        SettingsError: a setting is longer than SMPP allows, or ids are numbers in one place and text in the other.
    """
    if not (settings.smpp_host and settings.smpp_system_id and settings.smpp_password):
        return None
    with _told("REASSORT_SMPP_*"):
        return SmppAccount(
            settings.smpp_host,
            settings.smpp_port,
            settings.smpp_system_id,
            settings.smpp_password.get_secret_value(),
            election.sms_sender,
            system_type=settings.smpp_system_type or "",
            answer_ids=IdBase(settings.smpp_answer_ids),
            receipt_ids=IdBase(settings.smpp_receipt_ids),
            tls=settings.smpp_tls,
            rate=settings.smpp_rate,
        )


def http_account(settings: MessagingSettings, election: Election) -> HttpAccount | None:
    """Return the account at an SMS operator by HTTP, or None where none is set.

    Raises:
        SettingsError: the provider's file cannot be used, or its account lacks a value.
    """
    if not settings.sms_http_provider:
        return None
    with _told("REASSORT_SMS_HTTP_PROVIDER"):
        provider = load_provider(settings.sms_http_provider)
    with _told("REASSORT_SMS_HTTP_ACCOUNT"):
        return HttpAccount(
            provider,
            {name: value.get_secret_value() for name, value in settings.sms_http_account.items()},
            election.sms_sender,
            f"{settings.public_url.rstrip('/')}{PATH}/{provider.name}",
            url=settings.sms_http_url or "",
            rate=settings.sms_http_rate or 0.0,
        )


def second_relay_account(settings: MessagingSettings) -> SmtpAccount | None:
    """Return the account at a second mail relay, or None where none is set; the sender is the first one's."""
    if not settings.smtp2_host:
        return None
    first = relay_account(settings)
    return replace(
        first,
        host=settings.smtp2_host,
        port=settings.smtp2_port,
        user=settings.smtp2_user,
        password=settings.smtp2_password.get_secret_value() if settings.smtp2_password else None,
        starttls=settings.smtp2_starttls,
        ca_file=str(settings.smtp2_ca_file) if settings.smtp2_ca_file else None,
    )


def relay_account(settings: MessagingSettings) -> SmtpAccount:
    """Return the mail relay's account.

    Raises:
        SettingsError: the sender is not one address.
    """
    with _told("REASSORT_MAIL_FROM"):
        return SmtpAccount(
            settings.smtp_host,
            settings.smtp_port,
            settings.mail_from,
            settings.smtp_user,
            settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            settings.smtp_starttls,
            str(settings.smtp_ca_file) if settings.smtp_ca_file else None,
            return_key=key_bytes(settings.messaging_signing_key),
            return_domain=settings.bounce_domain,
        )


def france_connect_account(settings: WebSettings) -> Registration | None:
    """Return this client's registration at the identity provider, or None where none is set."""
    if not (settings.france_connect_issuer and settings.france_connect_secret):
        return None
    callback = f"{settings.public_url.rstrip('/')}/franceconnect/retour"
    secret = settings.france_connect_secret.get_secret_value()
    return Registration(settings.france_connect_issuer, settings.france_connect_client_id, secret, callback)


def operators_account(settings: ConsoleSettings) -> Registration:
    """Return the console's registration at the operators' identity provider."""
    secret = settings.console_secret.get_secret_value() if settings.console_secret else ""
    callback = f"{settings.public_url.rstrip('/')}/exploitation/connexion/retour"
    return Registration(settings.console_issuer, settings.console_client_id, secret, callback)


def operator_claims(settings: ConsoleSettings) -> OperatorClaims:
    """Return what the tokens of the operators' provider are like."""
    return OperatorClaims(
        tuple(settings.console_algorithms.split()),
        settings.console_roles_claim,
        settings.console_role_prefix or "",
        settings.console_scopes,
    )
