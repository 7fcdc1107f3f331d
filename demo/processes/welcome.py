"""What `make run` says once everything answers: the addresses, and what to try in this election."""

from demo.state.people import people
from demo.state.settings import HOST, DemoSettings
from election.procedures import Procedure


def welcome(settings: DemoSettings, procedures: tuple[Procedure, ...], *, moved: bool) -> str:
    """Return the addresses and a first thing to try among what the election recovers; `moved` dates are told."""
    web = f"http://{HOST}:{settings.web_port}"
    lines = [
        f"Portal               {web}/",
        f"Phones and mailboxes {web}/demo",
        f"Temporal UI          http://{HOST}:{settings.temporal_ui_port}/",
        "",
        *_to_try(web, procedures),
    ]
    if moved:
        lines += ["", f"The dates of {settings.election} are moved so that today is a day of vote."]
    return "\n".join(["", *lines, "", "Ctrl-C stops everything; the next `make run` goes on from here."])


def _to_try(web: str, procedures: tuple[Procedure, ...]) -> list[str]:
    someone = people()[0]
    if Procedure.VOTING_CODE in procedures:
        return [
            f"Try: sign in as {someone.work_email} with « {someone.password} »,",
            "     choose « Consulter les scrutins, les candidatures et voter », then « obtenir un réassort »,",
            f"     answer the challenge question (everyone's secrets are at {web}/demo), and open the link that arrives there.",
        ]
    return [
        f"Try: choose on the home page what {someone.work_email} has lost,",
        f"     answer with the secrets at {web}/demo, and read what arrives there.",
    ]
