"""What the numbers refuse. Only texts and numbers: this room is usable without the rest of the package."""

from __future__ import annotations

SENTENCES = {
    "shape": "The data have the shape {given}; needed are (studies,) or (analyses, studies), and at least one study.",
    "shapes": "The arrays have the shapes {given}; they must be the same.",
    "choice": "{what} is '{given}'; allowed are {allowed}.",
    "combination": "{what} cannot be combined with {given}; {allowed}.",
    "level": "The level of confidence is {given}; it lies between 0 and 1.",
    "negative": "Analysis {analysis}, study {study}: {what} is {given}; a count is not below 0.",
    "events": "Analysis {analysis}, study {study}: {events} events of {total}; events cannot exceed the people.",
    "empty-group": "Analysis {analysis}, study {study}: a group of {given} people; every group needs one or more.",
    "spread": "Analysis {analysis}, study {study}: a standard deviation of {given}; it must be above 0.",
    "interval": "Analysis {analysis}, study {study}: {given} is no interval around the estimate on this scale.",
    "review": "Analysis {analysis}, study {study} is itself a review: pooling it would count its trials twice.",
    "few": "{what} needs {needed} studies or more; here are {given}.",
    "many": "{what} of {given} studies is refused; the limit is {allowed}, because the work grows with the square.",
    "moderators": "The moderators are collinear, or too many for {given} studies.",
    "batch": "{what} takes one analysis at a time; given are {given}.",
}


class Refusal(ValueError):
    """A request or data that cannot be computed honestly. `key` and `parts` let a caller say it in other words."""

    def __init__(self, key: str, /, **parts: object) -> None:
        self.key = key
        self.parts = parts
        super().__init__(SENTENCES[key].format(**parts))


def refuse_other(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise Refusal("choice", what=what, given=given, allowed=", ".join(allowed))
