"""Reads the gateways' accounts from the settings."""

from activities.config.settings import MessagingSettings, WebSettings
from activities.gateways.identity.france_connect import Account
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.smpp_account import SmppAccount
from election.contacts import domain_of
from election.settings import Election


def smpp_account(core: MessagingSettings, election: Election) -> SmppAccount:
    """Return the SMS operator's account; the sender is the election's."""
    return SmppAccount(
        core.smpp_host,
        core.smpp_port,
        core.smpp_system_id,
        core.smpp_password.get_secret_value(),
        election.sms_sender,
        tls=core.smpp_tls,
        rate=core.smpp_rate,
    )


def relay_account(core: MessagingSettings) -> SmtpAccount:
    """Return the mail relay's account."""
    return SmtpAccount(
        core.smtp_host,
        core.smtp_port,
        core.mail_from,
        domain_of(core.mail_from),
        core.smtp_user,
        core.smtp_password.get_secret_value() if core.smtp_password else None,
        core.smtp_starttls,
    )


def france_connect_account(core: WebSettings) -> Account | None:
    """Return this client's registration at the identity provider, or None where none is set."""
    if not core.france_connect_issuer or core.france_connect_secret is None:
        return None
    callback = f"{core.public_url.rstrip('/')}/franceconnect/retour"
    secret = core.france_connect_secret.get_secret_value()
    return Account(core.france_connect_issuer, core.france_connect_client_id, secret, callback)
