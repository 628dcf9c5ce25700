"""Copies what the web pages need from npm into `src/decidua/web/static/vendor`, and writes down what it was.

    python scripts/vendor_assets.py

Needs `npm` for this run only; users never do. Versions are pinned here. `vendored.txt` lists package, version,
licence, file and SHA-256 of every file; a test holds the folder against it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "src" / "decidua" / "web" / "static" / "vendor"


@dataclass(frozen=True)
class Asset:
    """Files of one npm package: pattern below `package/` → folder below `vendor`."""

    name: str
    version: str
    licence: str
    files: tuple[tuple[str, str], ...]


ASSETS = (
    Asset("htmx.org", "4.0.1", "0BSD", (("dist/htmx.min.js", "htmx"), ("LICENSE", "htmx"))),
    Asset(
        "pretendard",
        "1.3.9",
        "OFL-1.1",
        (
            ("dist/LICENSE.txt", "pretendard"),
            ("dist/web/variable/pretendardvariable-dynamic-subset.css", "pretendard"),
            ("dist/web/variable/woff2-dynamic-subset/*.woff2", "pretendard/woff2-dynamic-subset"),
        ),
    ),
)


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    lines = ["# package version licence file sha256"]
    for asset in ASSETS:
        lines += [f"{asset.name} {asset.version} {asset.licence} {line}" for line in _copied(asset)]
    (VENDOR / "vendored.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _copied(asset: Asset) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        package = _unpacked(asset, Path(folder))
        for pattern, place in asset.files:
            for source in sorted(package.glob(pattern)):
                target = VENDOR / place / source.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_clean(source))
                digest = hashlib.sha256(target.read_bytes()).hexdigest()
                yield f"{target.relative_to(VENDOR).as_posix()} {digest}"


def _clean(source: Path) -> bytes:
    """Scripts name a source map, which is not shipped; a browser's inspector would ask for it in vain."""
    data = source.read_bytes()
    return data.split(b"\n//# sourceMappingURL=")[0] + b"\n" if source.suffix == ".js" else data


def _unpacked(asset: Asset, folder: Path) -> Path:
    subprocess.run(["npm", "pack", f"{asset.name}@{asset.version}", "--silent"], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


if __name__ == "__main__":
    main()
