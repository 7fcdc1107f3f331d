"""A likely misspelling in the domain of a mail address, found by comparing it with the domains that voters use."""

from difflib import get_close_matches

from election.contacts import domain_of

# Providers of personal mailboxes, in France, overseas and abroad: each is right as it is.
_KNOWN = (
    *(
        "gmail.com",
        "googlemail.com",
        "outlook.fr",
        "outlook.com",
        "hotmail.fr",
        "hotmail.com",
        "live.fr",
        "live.com",
        "msn.com",
    ),
    *(
        "yahoo.fr",
        "yahoo.com",
        "ymail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "aol.fr",
        "gmx.fr",
        "gmx.com",
    ),
    *(
        "mail.com",
        "email.com",
        "proton.me",
        "protonmail.com",
        "protonmail.ch",
        "pm.me",
        "tutanota.com",
        "posteo.net",
    ),
    *(
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "sfr.fr",
        "neuf.fr",
        "cegetel.net",
        "laposte.net",
        "bbox.fr",
        "numericable.fr",
    ),
    *(
        "club-internet.fr",
        "aliceadsl.fr",
        "noos.fr",
        "mailo.com",
        "mailo.fr",
        "netcourrier.com",
        "dbmail.com",
        "mail.fr",
    ),
    *(
        "lagoon.nc",
        "canl.nc",
        "mls.nc",
        "offratel.nc",
        "mail.pf",
        "mediaserv.net",
        "ool.fr",
        "only.fr",
        "mail.wf",
        "cheznoo.net",
    ),
)
# Too unlike in letters, or too short, to be found by them.
_MISTAKES = {
    "gmail.fr": "gmail.com",
    "orange.com": "orange.fr",
    "wanadoo.com": "wanadoo.fr",
    "free.com": "free.fr",
    "sfr.com": "sfr.fr",
    "laposte.fr": "laposte.net",
    "laposte.com": "laposte.net",
    "icloud.fr": "icloud.com",
}
# `sft.fr` is as like `sfr.fr`; `hotmail.be`, which exists, is less like `hotmail.fr`.
_ALIKE = 0.83


def likely_address(address: str) -> str | None:
    """Return the address with the domain that was likely meant, or None when its own is as likely right."""
    domain = domain_of(address)
    if domain in _KNOWN:
        return None
    found = _MISTAKES.get(domain) or next(iter(get_close_matches(domain, _KNOWN, 1, _ALIKE)), None)
    return f"{address.rpartition('@')[0]}@{found}" if found else None
