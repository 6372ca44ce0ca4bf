"""The error that a student meets: one sentence, without a traceback."""


class CourseError(Exception):
    """Something outside the student's code is not as it should be; the message says what to do."""

    def _render_traceback_(self):
        """Return what IPython prints instead of a traceback: the sentence alone."""
        return [f"{type(self).__name__}: {self}"]
