"""What the callbacks of one training know together, and the sentences that they say."""

from dataclasses import dataclass, field

from course_utils.waiting import looked_at


@dataclass
class Run:
    """One training, from the beginning of `fit` to its end.

    Args:
        name: names the training.
        resume: whether a kept training is gone on with.
    """

    name: str
    resume: bool
    epochs: int = 0
    steps: int | None = None  # batches in an epoch; None where nobody knows
    epoch: int = 0  # the present one, from 0
    batches: int = 0  # done in the present epoch
    interrupted: bool = False  # somebody pressed stop
    cut_short: bool = False  # the present epoch lacks batches
    finished: int = 0  # epochs with all their batches
    kept: int | None = None  # finished epochs that the next run can go on from
    earlier: list = field(default_factory=list)  # the logs of epochs of former runs
    logs: list = field(default_factory=list)  # {metric: value} of each finished epoch
    notices: list = field(default_factory=list)

    def begin(self, epochs, steps):
        """Forget a former `fit` with the same callbacks."""
        self.__init__(self.name, self.resume, epochs, steps)

    def go_on(self, finished, logs):
        """Stand where a kept training stood."""
        self.finished = self.epoch = self.kept = finished
        self.earlier, self.logs = logs, list(logs)

    @property
    def stopped(self):
        """True where epochs are left because somebody pressed stop."""
        return self.interrupted and self.finished < self.epochs

    def say(self, sentence):
        """Say a sentence: in the live view where there is one, else in print."""
        if looked_at():
            self.notices.append(sentence)
        else:
            print(sentence)

    def say_stopped(self):
        there = f"in epoch {self.epoch + 1}" if self.cut_short else f"after epoch {self.finished}"
        again, then = "Run the cell again", "to begin anew"
        if self.kept is not None:
            again += "" if self.resume else ", without resume=False,"
            then = f"to go on from the start of epoch {self.kept + 1}"
        self.say(f"Stopped {there} of {self.epochs}. {again} {then}.")

    def say_resumed(self):
        there = f"after epoch {self.finished}" if self.finished else "before epoch 1"
        self.say(
            f"Resumed {there} of {self.epochs}, as it was kept when training ended early; "
            f'to begin anew: watching("{self.name}", resume=False).'
        )


def history_of(logs):
    """Return {metric: [value of each epoch]} from the logs of epochs, as Keras' History has it."""
    names = dict.fromkeys(name for epoch in logs for name in epoch)
    return {name: [epoch[name] for epoch in logs if name in epoch] for name in names}
