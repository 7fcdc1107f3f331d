"""Reads the gateways' accounts from the settings."""

from activities.config.settings import MessagingSettings, WebSettings
from activities.gateways.identity.france_connect import FranceConnectAccount
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.smpp_account import SmppAccount
from election.contacts import domain_of
from election.settings import Election


def smpp_account(settings: MessagingSettings, election: Election) -> SmppAccount:
    """Return the SMS operator's account; the sender is the election's."""
    return SmppAccount(
        settings.smpp_host,
        settings.smpp_port,
        settings.smpp_system_id,
        settings.smpp_password.get_secret_value(),
        election.sms_sender,
        tls=settings.smpp_tls,
        rate=settings.smpp_rate,
    )


def relay_account(settings: MessagingSettings) -> SmtpAccount:
    """Return the mail relay's account."""
    return SmtpAccount(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from,
        domain_of(settings.mail_from),
        settings.smtp_user,
        settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        settings.smtp_starttls,
    )


def france_connect_account(settings: WebSettings) -> FranceConnectAccount | None:
    """Return this client's registration at the identity provider, or None where none is set."""
    if not settings.france_connect_issuer or settings.france_connect_secret is None:
        return None
    callback = f"{settings.public_url.rstrip('/')}/franceconnect/retour"
    secret = settings.france_connect_secret.get_secret_value()
    return FranceConnectAccount(
        settings.france_connect_issuer, settings.france_connect_client_id, secret, callback
    )
