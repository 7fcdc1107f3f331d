"""The text that `make run` prints when everything is ready: the addresses, and what to try first."""

from demo.state.people import people
from demo.state.settings import HOST, DemoSettings
from election.procedures import Procedure


def welcome(settings: DemoSettings, procedures: tuple[Procedure, ...], *, moved: bool) -> str:
    """Return the text; `procedures` are those that the election offers, `moved` says that its dates were moved."""
    web = f"http://{HOST}:{settings.web_port}"
    lines = [
        f"Portal               {web}/",
        f"Phones and mailboxes {web}/demo",
        f"Operators' console   {web}/exploitation",
        f"Temporal             {settings.temporal_address}"
        if settings.temporal_address
        else f"Temporal UI          http://{HOST}:{settings.temporal_ui_port}/",
        *_metrics(web, settings),
        "",
        *_first_steps(web, procedures),
    ]
    if moved:
        lines += ["", f"The dates of {settings.election} are moved so that today is a day of vote."]
    return "\n".join(["", *lines, "", "Ctrl-C stops everything; the next `make run` goes on from here."])


def _first_steps(web: str, procedures: tuple[Procedure, ...]) -> list[str]:
    person = people()[0]
    if Procedure.VOTING_CODE in procedures:
        return [
            f"Try: sign in as {person.work_email} with « {person.password} »,",
            "     choose « Consulter les scrutins, les candidatures et voter », then « obtenir un réassort »,",
            f"     answer the challenge question (everyone's secrets are at {web}/demo), and open the link that arrives there.",
        ]
    return [
        f"Try: choose on the home page what {person.work_email} has lost,",
        f"     answer with the secrets at {web}/demo, and read what arrives there.",
    ]


def _metrics(web: str, settings: DemoSettings) -> list[str]:
    if settings.metrics_port is None:
        return []
    return [
        f"Metrics              {web}/metrics",
        f"       of the worker http://{HOST}:{settings.metrics_port}/metrics",
    ]
