"""What stands in the cells of an appraisal file: numbers that are numbers, and words in one language or both."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from decidua.language import Lang, Text


def no_boolean(value: object) -> object:
    """YAML's `yes` and `no` are 1 and 0 for Python; here they are no numbers."""
    if isinstance(value, bool):
        raise ValueError("bool")
    return value


Number = Annotated[float, BeforeValidator(no_boolean), Field(allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(no_boolean), Field(ge=0)]
Share = Annotated[float, BeforeValidator(no_boolean), Field(gt=0, lt=1)]


def _printable(text: str) -> str:
    """One line without control characters: what stands in a file must not steer the terminal that shows it."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))


def _printable_text(text: Text) -> Text:
    return text.model_copy(update={"en": _printable(text.en), "ko": _printable(text.ko)})


Filled = Annotated[str, Field(pattern=r"\S"), AfterValidator(_printable)]
Words = Annotated[
    Annotated[Filled, Tag("one")] | Annotated[Text, AfterValidator(_printable_text), Tag("both")],
    Discriminator(lambda given: "both" if isinstance(given, dict | Text) else "one"),
]
"""One language as the authors wrote it, or both: `{en: …, ko: …}`."""


def in_language(words: str | Text, lang: Lang) -> str:
    return words if isinstance(words, str) else words[lang]
