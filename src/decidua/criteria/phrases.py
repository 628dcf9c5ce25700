"""Criteria in words, English and Korean. Facts speak through their labels; joints are whole templates."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.facts import Vocabulary, show_value
from decidua.language import Lang, Text, say

_OPS = {"=": "is", "<": "below", "<=": "at-most", ">": "above", ">=": "at-least"}


def phrase(node: Criterion, vocabulary: Vocabulary, labels: Mapping[str, Text], lang: Lang) -> str:
    """One line of words. `labels`: labels of named criteria and of readings' alternatives (`reading/alternative`)."""

    def inner(part: Criterion) -> str:
        words = phrase(part, vocabulary, labels, lang)
        return f"({words})" if isinstance(part, And | Or) else words

    match node:
        case Always(value):
            return say(lang, "phrase.everybody" if value else "phrase.nobody")
        case Is(fact):
            return vocabulary.facts[fact].label[lang]
        case OneOf(fact, choices):
            shown = say(lang, "phrase.or").join(show_value(vocabulary.facts[fact], choice, lang) for choice in choices)
            return say(lang, "phrase.is", fact=vocabulary.facts[fact].label[lang], value=shown)
        case Compare(fact, op, _, printed):
            return say(lang, f"phrase.{_OPS[op]}", fact=vocabulary.facts[fact].label[lang], value=printed)
        case Named(id):
            return labels[id][lang]
        case Not(part):
            return say(lang, "phrase.not", part=inner(part))
        case And(parts):
            return say(lang, "phrase.and").join(inner(part) for part in parts)
        case Or(parts):
            return say(lang, "phrase.or").join(inner(part) for part in parts)
        case AtLeast(k, parts):
            return say(lang, "phrase.k-of", k=k, parts="; ".join(inner(part) for part in parts))
        case Choose(reading, alternatives):
            shown = "; ".join(f"{labels[f'{reading}/{slug}'][lang]}: {inner(part)}" for slug, part in alternatives)
            return say(lang, "phrase.readings", parts=shown)


def joint(node: Criterion, lang: Lang, labels: Mapping[str, Text]) -> str:
    """The heading of a node that has parts, for traces drawn as a tree."""
    match node:
        case And():
            return say(lang, "joint.and")
        case Or():
            return say(lang, "joint.or")
        case Not():
            return say(lang, "joint.not")
        case AtLeast(k, _):
            return say(lang, "joint.k-of", k=k)
        case Choose():
            return say(lang, "joint.readings")
        case Named(id):
            return labels[id][lang]
        case _:
            return ""
