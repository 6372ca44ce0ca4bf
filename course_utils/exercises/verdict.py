"""What a check says: not attempted, not yet, or right, and why."""

from dataclasses import dataclass

from course_utils.exercises.showing import as_html

NOT_ATTEMPTED = "not attempted"
NOT_YET = "not yet"
RIGHT = "right"

# The word always stands beside its sign and colour: none of the three carries the meaning alone.
SIGNS = {NOT_ATTEMPTED: "…", NOT_YET: "✗", RIGHT: "✓"}
# White text on the badge has a contrast of at least 4.5; the bar shows on white and on black.
BADGES = {NOT_ATTEMPTED: "#4a5568", NOT_YET: "#8a4500", RIGHT: "#17663a"}
BARS = {NOT_ATTEMPTED: "#7b8494", NOT_YET: "#c06a14", RIGHT: "#2e9155"}


@dataclass(frozen=True, repr=False)
class Verdict:
    """The outcome of one check.

    Attributes:
        outcome: "not attempted", "not yet" or "right".
        message: what was expected and what came, in sentences.
        slip: the likely slip by name and where to look; empty when none is recognised.
        details: the case that failed, as preformatted lines.
    """

    outcome: str
    message: str
    slip: str = ""
    details: str = ""

    def __post_init__(self):
        if self.outcome not in SIGNS:
            raise ValueError(f"Expected an outcome of {list(SIGNS)}. Received {self.outcome!r}.")

    def __repr__(self):
        text = f"{self.outcome.capitalize()}. {self.message}"
        if self.slip:
            text += f"\nLikely slip: {self.slip}"
        return text + f"\n\n{self.details}" if self.details else text

    def to_html(self):
        """Return the verdict as a small card that borrows the page's own text colour."""
        badge = (
            f'<strong style="background:{BADGES[self.outcome]};color:#fff;border-radius:3px;'
            f'padding:1px 7px;white-space:nowrap"><span aria-hidden="true">'
            f"{SIGNS[self.outcome]}</span> {self.outcome.capitalize()}</strong>"
        )
        parts = [f'<div style="line-height:1.6">{badge} {as_html(self.message)}</div>']
        if self.slip:
            parts.append(f"<div><strong>Likely slip:</strong> {as_html(self.slip)}</div>")
        if self.details:
            parts.append(
                '<pre tabindex="0" style="background:transparent;color:inherit;overflow-x:auto;'
                f'margin:6px 0 0">{as_html(self.details)}</pre>'
            )
        bar = f"border-left:5px solid {BARS[self.outcome]};padding:4px 12px;margin:4px 0"
        return f'<div style="{bar};color:inherit">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self.to_html()}
