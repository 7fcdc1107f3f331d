"""The experiments that Django's and allauth's password resets were put through, with our results."""

from benchmarks.bench import Bench
from benchmarks.one_link import looked_for_in_logs, pressed_by_many, replaced
from benchmarks.outages import killed_while_sending, mail_server_down, relay_hangs
from benchmarks.tables import Table
from benchmarks.two_doors import limits_across_processes, school

_EACH = (
    pressed_by_many,
    replaced,
    mail_server_down,
    school,
    relay_hangs,
    killed_while_sending,
    looked_for_in_logs,
)


async def measure(bench: Bench) -> list[Table]:
    """Make every experiment on one demo; the search of its logs comes last."""
    async with bench.ground(with_relay=True) as ground:
        bench.say("limits_across_processes")
        found = await limits_across_processes(bench, ground)
        for experiment in _EACH:
            bench.say(experiment.__name__)
            found.append(await experiment(bench, ground))
    table = Table("The rivals’ experiments", ("experiment", "Django, allauth", "here", "holds"))
    for each in found:
        table.add(each.experiment, each.others, each.ours, "yes" if each.holds else "NO")
        bench.broken += [] if each.holds else [f"{each.experiment}: {each.ours}"]
    table.notes.append("Known and unknown identifiers: `enumeration`. Recoveries a second (theirs: 23): `rate`.")
    return [table]
