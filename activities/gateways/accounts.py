"""The gateways' accounts, as the settings have them."""

from activities.gateways.smpp_account import SmppAccount
from activities.gateways.smtp import SmtpAccount
from activities.settings import MessagingSettings
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
