"""A set of resources as a package in the manner of FHIR's NPM packages: the same bytes every time."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence

from decidua.fhir.canonical import BASE, COPYRIGHT, Resource

Files = Mapping[str, bytes]
"""Path in the package → content."""


def as_json(resource: object) -> bytes:
    """Keys stay in the order in which they were written."""
    return (json.dumps(resource, ensure_ascii=False, indent=2) + "\n").encode()


def package(
    name: str, version: str, fhir: str, title: str, resources: Sequence[Resource], examples: Sequence[Resource] = ()
) -> Files:
    """`package/…` as it lies in the archive. `fhir`: 4.0.1 or 5.0.0."""
    core = {"4.0.1": "hl7.fhir.r4.core", "5.0.0": "hl7.fhir.r5.core"}[fhir]
    manifest = {
        "name": name,
        "version": version,
        "tools-version": 3,
        "type": "fhir.ig",
        "license": "CC-BY-4.0",
        "canonical": BASE,
        "url": f"{BASE}/{version}",
        "title": title,
        "description": f"{title}. {COPYRIGHT}",
        "fhirVersions": [fhir],
        "dependencies": {core: fhir, **({"hl7.fhir.uv.cpg": "2.0.0"} if fhir == "4.0.1" else {})},
        "author": "Decidua",
    }
    files = {f"package/{_name(one)}": as_json(one) for one in resources}
    shown = {f"package/example/{_name(one)}": as_json(one) for one in examples}
    return {
        "package/package.json": as_json(manifest),
        "package/.index.json": as_json(_index(resources)),
        **dict(sorted(files.items())),
        **({"package/example/.index.json": as_json(_index(examples))} if examples else {}),
        **dict(sorted(shown.items())),
    }


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}-{resource['id']}.json"


def _index(resources: Sequence[Resource]) -> Resource:
    keys = ("resourceType", "id", "url", "version", "kind", "type")
    rows = [
        {"filename": _name(one), **{key: one[key] for key in keys if isinstance(one.get(key), str)}}
        for one in sorted(resources, key=_name)
    ]
    return {"index-version": 2, "files": rows}


def archive(files: Files) -> bytes:
    """A .tgz without a day, an owner or a name in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 0
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)
