"""Explorers that go through an output, one value after the other."""

import asyncio
from dataclasses import replace

import numpy as np

from course_utils.widgets.explorer import require_whole
from course_utils.widgets.running import Running

PACE = 0.5  # seconds between two steps of Run


class Stepping(Running):
    """Gives an explorer whose state has `row` and `column` the buttons Back, Step, Run and Stop.

    Its data have `places`: how many (rows, columns) there are.
    """

    def settle(self, state, changes):
        """Move a row or column that a new setting left outside back to the last one."""
        free = {name: 0 for name in ("row", "column") if name not in changes}
        if not free:
            return state
        rows, columns = self.compute(replace(state, **free)).places
        inside = dict(row=min(state.row, rows - 1), column=min(state.column, columns - 1))
        return replace(state, **{name: inside[name] for name in free})

    def step(self, by=1):
        """Move on by so many places, row by row; after the last comes the first."""
        rows, columns = self.data.places
        place = (self.state.row * columns + self.state.column + by) % (rows * columns)
        return self.set(row=place // columns, column=place % columns)

    def limits(self):
        """Return the largest row and column of the present output."""
        rows, columns = self.data.places
        return {"row": rows - 1, "column": columns - 1}

    def actions(self):
        return {
            "Back": lambda: self.step(-1),
            "Step": self.step,
            "Run": self.run,
            "Stop": self.stop,
        }

    async def _keep_going(self):
        # Once through and no further: an explorer that nobody looks at any more comes to rest.
        for _ in range(np.prod(self.data.places)):
            self.step()
            await asyncio.sleep(PACE)


def require_place(state, places):
    """Refuse a row or column that lies outside (rows, columns).

    Raises:
        ValueError: it says from where to where they go.
    """
    for name, size in zip(("row", "column"), places):
        require_whole(name, getattr(state, name), size - 1)
