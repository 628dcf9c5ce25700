"""Fetches axe-core, with which the browser tests look for barriers, into `.cache/axe` (not committed).

    python scripts/fetch_axe.py

Needs `npm`. Tests that need it are skipped with a reason where it is absent.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "axe-core@4.14.1"
PLACE = Path(__file__).parent.parent / ".cache" / "axe" / "axe.min.js"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            script = archive.extractfile("package/axe.min.js")
            assert script is not None
            PLACE.parent.mkdir(parents=True, exist_ok=True)
            PLACE.write_bytes(script.read())


if __name__ == "__main__":
    main()
