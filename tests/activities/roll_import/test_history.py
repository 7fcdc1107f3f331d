"""What operators read of the imports: by file, with the counts of all its transactions."""

from datetime import timedelta

from activities.operators.roll_history import RollHistory
from activities.roll_import.fictional_roll import people
from activities.roll_import.order import Order
from tests.support.clock import Clock
from tests.support.roll_loading import RollLoader


async def test_each_file_that_changed_the_roll_is_shown_once(roll_loader: RollLoader, now: Clock) -> None:
    """The last one first; a trial, and the same file again, change nothing and are not there."""
    begun = now()
    await roll_loader.load(people(1100), Order("M. Roux"))
    now.advance(timedelta(hours=1))
    for order in (Order("M. Roux"), Order("M. Roux", is_trial=True)):
        await roll_loader.load(people(1100), order)
    await roll_loader.load(people(1101), Order("C. Petit"))
    await roll_loader.load(people(2), Order("C. Petit", removes=True))
    history = await RollHistory(roll_loader.database).imports()
    assert {
        (each.operator, each.removes, each.counts.get("added"), each.counts.get("removed")) for each in history
    } == {
        ("M. Roux", False, 1100, None),
        ("C. Petit", False, 1, None),
        ("C. Petit", True, None, 2),
    }
    assert (history[-1].operator, history[-1].began_at, len(history[-1].file_hash)) == ("M. Roux", begun, 64)
