"""Content: YAML packages of items, found by kind, each with its file and line. No meaning is given here."""

from decidua.content.package import Content, Item, load
from decidua.content.places import line_of

__all__ = ["Content", "Item", "line_of", "load"]
