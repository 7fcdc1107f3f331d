"""Where a link may be sent, and how a destination is masked."""


def domain_of(address: str) -> str:
    """Return the part of an e-mail address after the last @, in lower case."""
    return address.rpartition("@")[2].lower()


def is_work_domain(domain: str, work_domains: tuple[str, ...]) -> bool:
    """Return whether a mail domain is the ministry's; `ac-*.fr` matches every académie.

    A link may not go to the work mailbox, where the notice goes: two distinct channels (CNIL 2019-053).
    """
    return any(_matches(domain.lower(), pattern.lower()) for pattern in work_domains)


def _matches(domain: str, pattern: str) -> bool:
    if "*" not in pattern:
        return domain == pattern or domain.endswith("." + pattern)
    before, _, after = pattern.partition("*")
    # A subdomain of an académie matches too: eleves.ac-lyon.fr.
    labels = domain.split(".")
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return any(_one_label(tail, before, after) for tail in tails)


def _one_label(tail: str, before: str, after: str) -> bool:
    middle = tail.removeprefix(before).removesuffix(after)
    return tail.startswith(before) and tail.endswith(after) and middle != "" and "." not in middle


def mask_phone(e164: str) -> str:
    """Return a phone number with all but the last two digits masked."""
    return f"•• •• •• •• {e164[-2:]}"


def mask_email(address: str) -> str:
    """Return a mail address in which only the first letters of both parts and the top-level domain are shown."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"
