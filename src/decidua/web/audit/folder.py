"""The folder whose files may be audited. Nothing outside it can be named: a choice must be one of the listed names."""

from __future__ import annotations

from pathlib import Path

from decidua.errors import UsageError

ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".arrow")
MOST = 500
"""Names that are listed."""


def names_in(folder: Path) -> list[str]:
    """Plain files that can be audited, by name. Links are left out: they could lead elsewhere."""
    try:
        found = [one for one in folder.iterdir() if _is_ours(one)]
    except OSError:
        return []
    return sorted(one.name for one in found)


def _is_ours(path: Path) -> bool:
    plain = not path.name.startswith(".") and path.name.isprintable() and path.name.lower().endswith(ENDINGS)
    return plain and not path.is_symlink() and path.is_file()


def chosen(folder: Path, name: str) -> Path:
    """The file of that name. Raises UsageError unless it is listed and really lies in the folder."""
    path = folder / name
    if name not in names_in(folder) or path.resolve().parent != folder.resolve():
        raise UsageError("error.audit-page-file")
    return path
