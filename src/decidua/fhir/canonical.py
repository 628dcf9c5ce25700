"""Names and addresses of what is exported, the same every time for the same software and content.

The canonical base does not resolve, and is not meant to: `.example` is reserved (RFC 2606). A canonical URL is a name;
who republishes the package puts an address of their own in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from decidua import __version__
from decidua.content import Content
from decidua.errors import UsageError
from decidua.facts import Fact
from decidua.facts.vocabulary import Code
from decidua.language import Lang, Text, say

Resource = dict[str, Any]
BASE = "https://decidua.example/fhir"
PACKAGE = "example.decidua.rpl"
FACTS_SYSTEM = f"{BASE}/CodeSystem/facts"
CHOICES_SYSTEM = f"{BASE}/CodeSystem/choices"
OPTIONS_SYSTEM = f"{BASE}/CodeSystem/options"
ANSWERS_SYSTEM = f"{BASE}/CodeSystem/answers"
GROUPS_SYSTEM = f"{BASE}/CodeSystem/groups"
UCUM = "http://unitsofmeasure.org"
SYSTEMS: Mapping[str, str] = {
    "LOINC": "http://loinc.org",
    "SNOMED CT": "http://snomed.info/sct",
    "ATC": "http://www.whocc.no/atc",
    "ICD-10": "http://hl7.org/fhir/sid/icd-10",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
}
"""Systems of which codes go out. An OMOP concept or a country code is no code of an Observation."""
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def version_of(content: Content) -> str:
    """Software version and content hash: `0.1.0+4f1c…`."""
    return f"{__version__}+{content.hash}"


def url(kind: str, id_: str) -> str:
    """Of an id of ours, or of the id that FHIR allows for it."""
    return f"{BASE}/{kind}/{fhir_id(id_)}"


def canonical(kind: str, id_: str, version: str) -> str:
    return f"{url(kind, id_)}|{version}"


def fhir_id(name: str) -> str:
    """An id of ours as FHIR allows one: letters, digits, `-`, `.`, 64 at most. Raises UsageError for more."""
    made = re.sub(r"[^A-Za-z0-9.-]+", "-", name.replace(":", "."))
    if len(made) > 64:
        raise UsageError("error.export-package", name=name)
    return made


def machine_name(name: str) -> str:
    """`asri-2025.ivig.selected` as a name for programs: `Asri2025IvigSelected`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def both(key: str, text: Text) -> Resource:
    """`key` in English, with the Korean as a translation that says whether a person has checked it."""
    return {key: text.en, f"_{key}": {"extension": [translation(text)]}}


def translation(text: Text) -> Resource:
    return {
        "url": TRANSLATION,
        "extension": [
            {"url": "lang", "valueCode": "ko"},
            {"url": "content", "valueString": text.ko},
        ],
    }


def spoken(key: str, **parts: str | Text) -> Text:
    """A sentence of the interface in both languages."""

    def said(lang: Lang) -> str:
        return say(lang, key, **{name: part[lang] if isinstance(part, Text) else part for name, part in parts.items()})

    return Text(en=said("en"), ko=said("ko"))


def header(kind: str, id_: str, version: str, title: Text, description: Text, experimental: bool = True) -> Resource:
    """What every artefact begins with: a draft, experimental, of our own publisher, endorsed by nobody."""
    made = fhir_id(id_)
    return {
        "resourceType": kind,
        "id": made,
        "language": "en",
        "text": narrative(title, description),
        "url": url(kind, made),
        "version": version,
        "name": machine_name(id_),
        **both("title", title),
        "status": "draft",
        "experimental": experimental,
        "publisher": "Decidua",
        **both("description", description),
        "copyright": COPYRIGHT,
    }


COPYRIGHT = (
    "Decidua's own wording, CC BY 4.0. Korean is machine-written and not checked unless its status says otherwise. "
    "Not endorsed by ASRM, ESHRE or ASRI. It informs; it does not decide."
)


def narrative(title: Text, description: Text) -> Resource:
    ko = ' lang="ko" xml:lang="ko"'
    lines = (("", title.en), ("", description.en), (ko, title.ko), (ko, description.ko))
    body = "".join(f"<p{lang}>{escaped(text)}</p>" for lang, text in lines)
    en = 'xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"'
    return {"status": "generated", "div": f"<div {en}>{body}</div>"}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def codings(fact: Fact) -> list[Resource]:
    """The codes by which a result of the fact is known: ours, and LOINC where its meaning was seen in a public source.

    A code from memory stays at home: a wrong one would read another patient's value as this fact.
    """
    public = [one for one in fact.codes if one.status == "verified" and one.system in SYSTEMS]
    own = {"system": FACTS_SYSTEM, "code": fact.id, "display": fact.label.en}
    return [own, *(_coding(code) for code in public if code.system == "LOINC")]


def _coding(code: Code) -> Resource:
    """Without a display: it would have to be the system's own wording of this release."""
    return {"system": SYSTEMS[code.system], "code": code.code}


def concept(coding: Sequence[Resource] = (), text: str | None = None) -> Resource:
    return {**({"coding": list(coding)} if coding else {}), **({"text": text} if text else {})}


def extension(address: str, **value: object) -> Resource:
    return {"url": address, **value}
