"""Build hook: the shipped content as one JSON file, so that a run need not parse YAML. Also a command."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_content() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from decidua.content.package import compile_package, shipped

    compile_package(shipped())


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    BuildHookInterface = object  # run as a command, outside a build


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002
        compile_content()


if __name__ == "__main__":
    compile_content()
