"""From what the user names (files, globs, folders) to the files that are there, in the order of their names."""

from __future__ import annotations

import glob
from collections.abc import Collection, Sequence
from pathlib import Path

from decidua.errors import CohortError


def sources(paths: str | Path | Sequence[str | Path], endings: Collection[str]) -> list[Path]:
    """Every file, once. Folders give the files with one of `endings`. Raises CohortError where there is none."""
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    found = [file for name in named for file in _files(str(name), tuple(endings))]
    if not found:
        raise CohortError("cohort.no-files", given=", ".join(map(str, named)) or "-")
    return list(dict.fromkeys(found))


def _files(name: str, endings: tuple[str, ...]) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        inside = sorted(file for file in path.iterdir() if file.is_file() and file.name.lower().endswith(endings))
        inside = [file for file in inside if not file.name.startswith(".")]
        if not inside:
            raise CohortError("cohort.folder-empty", where=name, endings=", ".join(sorted(endings)))
        return inside
    if path.exists() or not glob.has_magic(name):
        if not path.exists():
            raise CohortError("cohort.file-missing", where=name)
        return [path]
    matched = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207  # absolute patterns too
    if not matched:
        raise CohortError("cohort.no-files", given=name)
    return [file for file in matched if file.is_file()]
