"""Training that can be watched, stopped and gone on with.

Keras loads when `watching` is called, not before.
"""

import re

from course_utils.places import headless
from course_utils.startup import load_keras
from course_utils.waiting import looked_at
from course_utils.widgets.training_run import Run

NAME = re.compile(r"[A-Za-z0-9_-]+")


def watching(name, resume=True):
    """Return Keras callbacks that show a training, let it be stopped, and resume it.

    While `fit` runs, its progress, loss, metrics and learning curves stand under the cell.
    Jupyter's stop button (or I, I) ends it after the present batch, and `fit` returns as usual;
    a second interrupt raises KeyboardInterrupt. After each epoch the network's weights, the
    optimizer's state and the history are kept in notebooks/checkpoints/<name>/ until the training
    is complete. The next `fit` with the same name goes on with the first epoch that was not
    finished, and its History holds all epochs. What is kept of another network, optimizer or loss
    is deleted. Other data are not noticed: give a training on them another name.

    Not kept: what other callbacks remember, and the order of batches that are shuffled.

    With COURSE_HEADLESS=1 nothing is shown and nothing is kept; only stopping works.

    Args:
        name: names the training; letters, digits, _ and -.
        resume: False to begin anew, whatever is kept.

    Returns:
        A list for the argument `callbacks` of `network.fit`, with `verbose=0`.

    Raises:
        ValueError: another kind of name.
        CourseError: TensorFlow is missing, or Keras was told to use another backend.

    Example:
        network.fit(images, labels, epochs=5, verbose=0, callbacks=watching("digit_reader"))
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            f"Expected a name of letters, digits, _ and -. Received {name!r}: "
            'write, for example, watching("digit_reader").'
        )
    load_keras()
    from course_utils.widgets.training_backup import Backup
    from course_utils.widgets.training_stop import Stopping
    from course_utils.widgets.training_view import View

    run = Run(name, resume)
    callbacks = [Stopping(run)]
    if not headless():
        callbacks.append(Backup(run))
    if looked_at():
        callbacks.append(View(run))
    return callbacks
