"""Which code means which option, as data: `data/audit/codes.yaml`, and the codes that a mapping adds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from decidua.facts.vocabulary import Code
from decidua.language import Model


class OptionCode(Code):
    """`part`: the option was done only if every part of it was."""

    option: str
    part: str = ""


class OptionCodes(Model):
    systems: Mapping[str, tuple[str, ...]]
    codes: tuple[OptionCode, ...]

    @property
    def system_names(self) -> Mapping[str, str]:
        """Every accepted spelling, in lower case → the system."""
        return {name.lower(): system for system, names in self.systems.items() for name in (system, *names)}

    @property
    def parts(self) -> Mapping[str, frozenset[str]]:
        """Option → the parts of which it needs every one."""
        found: dict[str, set[str]] = defaultdict(set)
        for code in self.codes:
            if code.part:
                found[code.option].add(code.part)
        return {option: frozenset(parts) for option, parts in found.items()}


@cache
def option_codes() -> OptionCodes:
    text = (files("decidua") / "data" / "audit" / "codes.yaml").read_text("utf-8")
    return OptionCodes.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
