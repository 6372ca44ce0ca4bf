"""Explorers that go on by themselves until somebody stops them."""

import asyncio


class Running:
    """Gives an explorer `run` and `stop`, for two of its buttons.

    The explorer gives `_keep_going`, a coroutine that changes the state, sleeps, and comes to an
    end by itself.
    """

    _task = None

    def run(self):
        """Go on until the end or until `stop`; needs a kernel's event loop."""
        self.stop()
        self._task = asyncio.ensure_future(self._keep_going())

    def stop(self):
        """End `run`."""
        if self._task:
            self._task.cancel()
            self._task = None

    def close(self):
        """End `run`, and take the live widget away."""
        self.stop()
        super().close()
