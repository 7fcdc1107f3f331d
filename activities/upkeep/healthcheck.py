"""`python -m activities.upkeep.healthcheck ROLE`: status 0 when each worker of that role on this machine or in this container works."""

import argparse

from activities.upkeep.sign_of_life import silent_processes


def fault(role: str) -> str | None:
    """Return what is wrong with this machine's workers of a role, or None.

    It asks the processes alone: no restart of a worker mends a database or a gateway that is away.
    """
    running, silent = silent_processes(role)
    if not running:
        return f"worker {role}: none runs here"
    if silent:
        return f"worker {role}: no sign of life from process {', '.join(silent)}"
    return None


def main() -> None:
    """Exit with status 0, or 1 and a line that says why, for a container's health check."""
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.healthcheck", description=__doc__)
    parser.add_argument("role", choices=("recoveries", "messaging", "roll"))
    raise SystemExit(fault(parser.parse_args().role))


if __name__ == "__main__":
    main()
