"""Reads the gateways' accounts from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from activities.config.settings import ConsoleSettings, MessagingSettings, SettingsError, WebSettings, key_bytes
from activities.gateways.identity.openid_client import Registration
from activities.gateways.identity.operators import OperatorClaims
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.smpp_account import IdBase, SmppAccount
from election.settings import Election


@contextmanager
def _told(variables: str) -> Iterator[None]:
    """Raise a SettingsError with the variables' names, so that a start ends with one line."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"{variables}: {error}") from None


def smpp_account(settings: MessagingSettings, election: Election) -> SmppAccount:
    """Return the SMS operator's account; the sender is the election's.

    Raises:
        SettingsError: a setting is longer than SMPP allows, or ids are numbers in one place and text in the other.
    """
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
    if not settings.france_connect_issuer or settings.france_connect_secret is None:
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
        settings.console_roles_claim,
        settings.console_role_prefix or "",
        settings.console_scopes,
        tuple(settings.console_algorithms.split()),
    )
