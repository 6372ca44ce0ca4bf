"""Breaking what a lesson teaches: each mutant of a kept function must turn its lesson red.

The mutant stands in the module and in the lesson's cell, as `lessons` would write it. The cells run
one after another in one process, in a copy of the course, because a kernel and TensorFlow started
anew for each mutant would take an hour. Red means what it means to nbval: a cell raises an error,
or its text differs from the text committed. Six things save time and hide nothing:

- a mutant's run leaves out the cells that it cannot reach: they neither call the function nor
  need a name that has another value in this run, and what they left behind is taken from the run
  without a mutant, the survey. So a cell that trains is run again only where a mutant reaches it,
  and a network is as trained as it was at that place (see `moments`);
- a value that came out as in the survey reaches nothing: a mutant whose boxes are the right ones
  does not train again on what is cut out by them;
- only what the cells that run may read is copied for them, and the rest of the data is lent;
- a run ends at the first red cell;
- pictures stay blank, because nobody compares them;
- a second worker takes half of the mutants, but only where the survey that it has to make for
  itself takes less than SHORT_SURVEY: what trains for minutes is trained once.

After the mutants of each function the lesson must be green again without one, in the same process,
in all cells that they ran, down to the last one that turned red. That holds the leaving out honest:
had something been carried over from one run into the next, such as further training, a cell would
be red without a mutant, too, and that is an error.
"""

import ast
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np

from course_utils.authoring import lesson_files
from course_utils.authoring.cell_names import (
    names_assigned_to,
    names_called_upon,
    names_imported_by,
    names_needed,
)
from course_utils.authoring.execute import apart
from course_utils.authoring.kept import (
    kept_source,
    module_path,
    replace_definition,
)
from course_utils.authoring.moments import (
    Recorder,
    is_as_left,
    is_plain,
    put_back,
    set_chance,
    take_copies,
    variables_in,
    visible,
)
from course_utils.authoring.mutants import make_mutants
from course_utils.authoring.tree import copy_course
from course_utils.errors import CourseError

# What nbval does not compare either.
NOT_COMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
# A cell is stopped after so many seconds of computing and three times what it took in the survey.
SECONDS_A_CELL, TIMES_THE_SURVEY = 5, 3
SHORT_SURVEY = 30  # seconds
NOTE = "_functions_called"


@dataclass(frozen=True)
class Outcome:
    """A mutant and what became of it: `caught` tells by which cell, or is empty."""

    kept: str
    description: str
    caught: str


def mutate_lesson(root, path, only=None, workers=None, timeout=3600, seconds_a_cell=SECONDS_A_CELL):
    """Run every mutant of a lesson's kept functions, in processes of their own.

    Args:
        root: the course's folder.
        path: the lesson, executed and committed.
        only: one kept name, such as "by_hand.convolution:slide"; None for all.
        workers: how many processes share the mutants; None for 2 where the first one's survey
            of the lesson was short, and 1 otherwise.
        timeout: seconds for all of them.
        seconds_a_cell: a mutant is stopped, and counts as caught, when a cell has computed for so
            long and three times what it took without the mutant. What waits is not counted: a
            busy machine stops nothing.

    Returns:
        A list of Outcomes.

    Raises:
        CourseError: the lesson is red without any mutant, or a process died.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        decision = Path(folder) / "workers"
        job = {"root": str(root), "lesson": path.name, "only": only, "seconds": seconds_a_cell,
               "workers": workers, "decision": str(decision)}  # fmt: skip
        running = [pool.submit(_run_job, job | {"number": 0}, timeout)]
        for number in range(1, _decided(decision, running[0])):
            running.append(pool.submit(_run_job, job | {"number": number}, timeout))
        found = [one.result() for one in running]
    return sorted((one for outcomes in found for one in outcomes), key=lambda one: one.kept)


def _decided(decision, first):
    """Wait for the first worker to write how many there are to be; 1 where it ends without."""
    while not decision.exists() and not first.done():
        time.sleep(0.1)
    return int(decision.read_text()) if decision.exists() else 1


def _decide(decision, workers, seconds):
    """Return how many workers there are; the first to come here decides for all."""
    if not decision.exists():
        chosen = workers or (2 if seconds < SHORT_SURVEY else 1)
        written = decision.with_name("written")
        written.write_text(str(chosen))
        os.replace(written, decision)
    return int(decision.read_text())


def _run_job(job, timeout):
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "outcomes.json"
        job = json.dumps(job | {"scratch": scratch})
        command = [sys.executable, "-m", __name__, job, str(result)]
        environment = os.environ | apart(Path(scratch)) | {
            "COURSE_HEADLESS": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }  # fmt: skip
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout
        )
        if not result.exists():
            raise CourseError(f"The mutants of {job} did not run:\n{done.stderr[-3000:]}")
        return [Outcome(**one) for one in json.loads(result.read_text())]


def break_kept(root, lesson, kept, source):
    """Put a mutant of a kept function into the module and into the lesson, as files."""
    module, name = module_path(root, kept), kept.partition(":")[2]
    text = module.read_text(encoding="utf-8")
    module.write_text(replace_definition(text, name, source, module.name), encoding="utf-8")
    notebook = lesson_files.read(lesson)
    for cell in notebook.cells:
        if kept in lesson_files.names_in(cell, "kept"):
            cell.source = replace_definition(cell.source, name, source, lesson.name)
    lesson_files.write(notebook, lesson)


def run_mutants(root, lesson, only, scratch, seconds, number, workers, decision):
    """Run a worker's share of the mutants in this process, which is spent afterwards.

    Returns:
        A list of Outcomes.
    """
    copy = Path(scratch) / "course"
    copy_course(root, copy)
    sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != Path(root)]
    sys.path.insert(0, str(copy))
    for name in [one for one in sys.modules if one.partition(".")[0] == "course_utils"]:
        del sys.modules[name]
    os.chdir(copy / "notebooks")
    shell = LessonShell(copy, copy / "notebooks" / lesson, seconds)
    started = time.monotonic()
    shell.survey()
    share = number, _decide(Path(decision), workers, time.monotonic() - started)
    chosen = [kept for kept in shell.kept() if only in (None, kept)]
    return [one for kept in chosen for one in shell.outcomes(kept, share)]


class LessonShell:
    """One IPython in this process that runs a lesson's cells again and again.

    Args:
        root: a copy of the course.
        lesson: the lesson's path in it.
        seconds: a cell that computes for so long, and three times what it took in the survey, is
            stopped.
    """

    def __init__(self, root, lesson, seconds):
        from IPython.core.interactiveshell import InteractiveShell

        self.root, self.name, self.seconds = root, lesson.stem, seconds
        self.cells = lesson_files.read(lesson).cells
        self.sanitise = sanitiser(root / "tests" / "nbval_sanitize.cfg")
        self.shell = InteractiveShell.instance()
        self.shell.history_manager.enabled = False
        self.shell.showtraceback = lambda *arguments, **options: None  # nobody reads it
        self.at_first = dict(self.shell.user_ns)
        # For each cell: functions called, what it left, names needed, altered, and read by it or
        # by what it needs, CPU seconds.
        self.called, self.moments, self.needed, self.altered = [], [], [], []
        self.read, self.taken = [], []
        _leave_pictures_blank()

    def survey(self):
        """Run the lesson once, which must be green, and keep what each cell called and left."""
        recorder, makers = Recorder(self.shell.user_ns), {}
        with self._calls_noted() as called:
            for index, cell in enumerate(self.cells):
                called.clear()
                recorder.before()
                started = time.process_time()
                self._require_green(self._red_cell(index))
                self.taken.append(time.process_time() - started)
                self.moments.append(recorder.after())
                self.called.append(set(called))
                self.needed.append(names_needed(cell))
                self.altered.append(self._altered(index))
                self.read.append(self._read(index, makers))
                makers |= dict.fromkeys(self.altered[index], index)

    def _altered(self, index):
        """Return the names that a cell gives another value, or whose value it may change in place.

        Of plain data and networks the survey has told whether a call such as `network.predict`
        changes them; of other objects nobody knows. What is imported is the same without a break
        and with one: a break changes a function in its place.
        """
        names = visible(self.shell.user_ns)
        modules = {name for name, one in names.items() if isinstance(one, ModuleType)}
        known = {name for name, one in names.items() if is_plain(one) or variables_in(one)}
        cell = self.cells[index]
        assigned = names_assigned_to(cell) | (names_called_upon(cell) - known)
        return (assigned | self.moments[index].changed) - modules - names_imported_by(cell)

    def _read(self, index, makers):
        """Return the names that a cell may read, also by the functions and objects that it needs.

        Those read what the cell needed that made them. Plain data reads nothing.

        Args:
            index: the cell's.
            makers: {name: the index of the cell that altered it last}.
        """
        found, waiting = set(), set(self.needed[index])
        while waiting:
            name = waiting.pop()
            found.add(name)
            if name in makers and type(self.shell.user_ns.get(name)) is not np.ndarray:
                waiting |= self.needed[makers[name]] - found
        return found

    @contextmanager
    def _calls_noted(self):
        """Let each kept function of the package note its calls in a set while the block runs."""
        called, former = set(), {}
        for kept in self.kept():
            function = _function(kept)
            tree = ast.parse(kept_source(self.root, kept))
            tree.body[0].body[:0] = ast.parse(f"{NOTE}.add({kept!r})").body
            function.__globals__[NOTE] = called
            former[function] = _take_body(function, ast.unparse(tree))
        try:
            yield called
        finally:
            for function, body in former.items():
                _give_back(function, body)

    def kept(self):
        """Return the names of the functions that the lesson teaches and the course keeps."""
        cells = (lesson_files.names_in(cell, "kept") for cell in self.cells)
        return list(dict.fromkeys(one for names in cells for one in names))

    def outcomes(self, kept, share):
        """Yield the Outcomes of a kept function's mutants.

        Args:
            kept: the function's name, as in a cell's metadata.
            share: (number, workers): every worker takes its own.
        """
        number, workers = share
        ran, furthest = set(), -1
        for mutant in make_mutants(kept_source(self.root, kept))[number::workers]:
            with self._broken(kept, mutant.source):
                indices, red = self._run(lambda index, other: self._reaches(kept, index, other))
            ran |= set(indices)
            furthest = max(furthest, indices[-1] if red else -1)
            yield Outcome(kept, mutant.description, red)
        _, red = self._run(lambda index, other: index in ran and index <= furthest)
        self._require_green(red)

    def _reaches(self, kept, index, other):
        """Tell whether a break of a function reaches a cell, by itself or by what is other now."""
        defines = kept in lesson_files.names_in(self.cells[index], "kept")
        return defines or kept in self.called[index] or bool(other & self.needed[index])

    @contextmanager
    def _broken(self, kept, source):
        """Put a mutant in the function's place, for all who imported it, and in the cell."""
        function, name = _function(kept), kept.partition(":")[2]
        former = _take_body(function, source)
        cells = [cell for cell in self.cells if kept in lesson_files.names_in(cell, "kept")]
        texts = [cell.source for cell in cells]
        for cell in cells:
            cell.source = replace_definition(cell.source, name, source, self.name)
        try:
            yield
        finally:
            for cell, text in zip(cells, texts):
                cell.source = text
            _give_back(function, former)

    def _run(self, wanted):
        """Run the cells that are wanted, until one is red.

        What the others left behind comes from the survey.

        Args:
            wanted: tells of a cell's index, and of the names that have another value than in the
                survey or may have one, whether the cell is run.

        Returns:
            The indices of the cells that ran, and what is red about the last one, or "".
        """
        names = self.shell.user_ns
        names.clear()
        names.update(self.at_first)
        indices, other, lent = [], set(), set()
        for index in range(len(self.cells)):
            if wanted(index, other):
                lent |= put_back(self.moments[indices[-1] + 1 if indices else 0 : index], names)
                take_copies(lent & self.read[index], names)
                lent -= self.read[index]
                set_chance(self.moments[index])
                indices.append(index)
                with _time_limit(self.seconds + TIMES_THE_SURVEY * self.taken[index]):
                    red = self._red_cell(index)
                if red:
                    return indices, red
                other = (other - self.altered[index]) | self._other(index)
        return indices, ""

    def _other(self, index):
        """Return the names that a cell, run again, may have left with another value."""
        now = self.shell.user_ns
        moments = self.moments[: index + 1]
        return {name for name in self.altered[index]
                if name not in now or not is_as_left(now[name], name, moments)}  # fmt: skip

    def _require_green(self, red):
        if red:
            raise CourseError(f"Expected {self.name} green without a mutant: {red}")

    def _red_cell(self, index):
        """Run one cell and compare what it shows; say what is red about it, or nothing."""
        cell = self.cells[index]
        if cell.cell_type != "code":
            return ""
        error, came = self._show(cell.source)
        if error is not None:
            return f"cell {index + 1}: {type(error).__name__}: {str(error)[:200]}"
        expected, came = self._comparable(_flat(cell.outputs)), self._comparable(came)
        kinds = [one for one in expected | came if expected.get(one) != came.get(one)]
        return f"cell {index + 1}: {_told(kinds[0], expected, came)}" if kinds else ""

    def _show(self, source):
        """Run one cell; return its error or None, and what it showed as (kind, text) pairs."""
        from IPython.core.displayhook import CapturingDisplayHook
        from IPython.core.displaypub import CapturingDisplayPublisher

        hook = CapturingDisplayHook(self.shell)
        self.shell.display_trap.hook = hook
        self.shell.display_pub = CapturingDisplayPublisher()
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            result = self.shell.run_cell(source, store_history=False)
        shown = [*self.shell.display_pub.outputs, *hook.outputs]
        pairs = [pair for one in shown for pair in one["data"].items()]
        error = result.error_before_exec or result.error_in_exec
        return error, [("stdout", out.getvalue()), ("stderr", err.getvalue()), *pairs]

    def _comparable(self, pairs):
        """Return {kind: texts} of what nbval compares, cleaned as nbval cleans it."""
        texts = {}
        for kind, text in pairs:
            if kind not in NOT_COMPARED and text:
                text = self.sanitise(text) if isinstance(text, str) else text
                texts.setdefault(kind, []).append(text)
        return {kind: "".join(found) if kind in ("stdout", "stderr") else found
                for kind, found in texts.items()}  # fmt: skip


def _function(kept):
    """Return the kept function itself, as the package that now runs has it."""
    room, _, name = kept.partition(":")
    return getattr(import_module(f"course_utils.{room}"), name)


def _give_back(function, body):
    function.__code__, function.__defaults__, function.__kwdefaults__ = body


def _take_body(function, source):
    """Give a function the body of another source in place; return what it had before."""
    former = function.__code__, function.__defaults__, function.__kwdefaults__
    names = dict(function.__globals__)
    exec(compile(source, function.__code__.co_filename, "exec"), names)
    other = names[function.__name__]
    function.__code__ = other.__code__
    function.__defaults__, function.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
    return former


def _leave_pictures_blank():
    from matplotlib.figure import Figure

    Figure.draw = lambda figure, renderer: None


def _flat(outputs):
    """Return a notebook's outputs as (kind, text) pairs."""
    streams = [(one.name, one.text) for one in outputs if one.output_type == "stream"]
    return [*streams, *(pair for one in outputs for pair in one.get("data", {}).items())]


def _told(kind, expected, came):
    return f"{kind} {str(came.get(kind))[:120]!r} instead of {str(expected.get(kind))[:120]!r}"


def sanitiser(path):
    """Return a function that replaces what nbval's file says; a missing file replaces nothing."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    rules = re.findall(r"^regex: ?(.*)\nreplace: ?(.*)$", text, re.MULTILINE)

    def sanitise(value):
        for pattern, replacement in rules:
            value = re.sub(pattern, replacement, value)
        return value

    return sanitise


@contextmanager
def _time_limit(seconds):
    """Raise TimeoutError when the block has computed so long: a mutant may loop for ever. POSIX."""

    def stop(signum, frame):
        raise TimeoutError(f"stopped after {seconds:.0f} seconds")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def summary(outcomes, excused=()):
    """Return a sentence on how many mutants were made and caught."""
    caught = sum(bool(one.caught) for one in outcomes)
    return f"{len(outcomes)} mutants made, {caught} caught, {len(excused)} equivalent."


def main(job, result):
    """Run the job that `mutate_lesson` hands over as JSON."""
    outcomes = run_mutants(**json.loads(job))
    Path(result).write_text(json.dumps([asdict(one) for one in outcomes]))


if __name__ == "__main__":
    main(*sys.argv[1:])
