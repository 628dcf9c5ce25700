"""The file of `decidua serve --ehr FILE`: which EHRs may call, which FHIR servers may be asked, what is kept."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import yaml
from pydantic import ConfigDict, Field, ValidationError

from decidua.errors import UsageError
from decidua.intake.problems import quoted
from decidua.language import Lang, Model
from decidua.service.ehr.addresses import Network, is_secure, origin_of

LARGEST = 100_000
"""Bytes of the file."""


class Part(Model):
    """Base: keys that are not known are errors; built at once, so that an error has its place."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=False)


class Keys(Part):
    """Where the public keys of an EHR are (a JWK Set): an address, or a file beside the settings."""

    url: str | None = None
    file: Path | None = None


class Smart(Part):
    """`client_id`: as the EHR registered this service, a public client. `authority`: the origin of its authorization
    server, where that is not the FHIR server's own."""

    client_id: str = Field(min_length=1, max_length=200)
    authority: str | None = None


class Ehr(Part):
    """One EHR. `issuer`: the `iss` of its tokens. `origins`: of its pages, if they call from a browser."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")
    issuer: str = Field(min_length=1, max_length=300)
    keys: Keys
    fhir_servers: tuple[str, ...] = Field(default=(), max_length=50)
    origins: tuple[str, ...] = Field(default=(), max_length=50)
    language: Lang = "en"
    smart: Smart | None = None


class Feedback(Part):
    """What users did with cards, in a SQLite file: codes only, and what they wrote only with `comments`."""

    file: Path
    comments: bool = False


class EhrSettings(Part):
    """`address`: of this service, as EHRs and browsers reach it. `networks`: private ones that may be reached."""

    address: str
    cds_hooks: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    seconds: float = Field(default=5.0, gt=0, le=30)
    """In which a FHIR server has to give all that is asked of it."""
    feedback: Feedback | None = None
    ehrs: tuple[Ehr, ...] = Field(min_length=1, max_length=100)

    @property
    def base(self) -> str:
        return self.address.rstrip("/")

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(origin for ehr in self.ehrs for origin in ehr.origins)

    def by_issuer(self, issuer: object) -> Ehr | None:
        return next((one for one in self.ehrs if one.issuer == issuer), None)

    def for_launch(self, server: str) -> Ehr | None:
        """The EHR that a launch from this FHIR server belongs to; None unless exactly that server is listed."""
        return next((one for one in self.ehrs if one.smart and server_of(one, server) is not None), None)

    @property
    def launches(self) -> bool:
        return any(one.smart for one in self.ehrs)


def server_of(ehr: Ehr, given: object) -> str | None:
    """The listed FHIR server that is meant by an address that was sent: the same but for a slash at its end."""
    if not isinstance(given, str):
        return None
    return next((one for one in ehr.fhir_servers if one.rstrip("/") == given.rstrip("/")), None)


def read_ehr_settings(file: Path) -> EhrSettings:
    """Raises UsageError with one sentence: what is wrong, where, and what is allowed."""
    try:
        data = file.read_bytes()
        tree = yaml.load(data[:LARGEST], Loader=yaml.CSafeLoader)
    except OSError as error:
        raise UsageError("error.ehr-file", file=file, reason=error.strerror or type(error).__name__) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError("error.ehr-yaml", where=f"{file}:{mark.line + 1}" if mark else str(file)) from None
    if len(data) > LARGEST or not isinstance(tree, dict):
        raise UsageError("error.ehr-table", where=str(file), limit=LARGEST)
    try:
        settings = EhrSettings.model_validate(tree)
    except ValidationError as error:
        raise _first(error, file) from None
    return _Checked(settings, file).settings()


def _first(error: ValidationError, file: Path) -> UsageError:
    first = error.errors(include_url=False, include_context=False, include_input=True)[0]
    place = ".".join(str(part) for part in first["loc"])
    keys = {"missing": "error.ehr-missing", "extra_forbidden": "error.ehr-unknown"}
    key = keys.get(first["type"], "error.ehr-value")
    return UsageError(key, where=str(file), place=place, given=quoted(str(first["input"])), problem=first["msg"])


class _Checked:
    """What one part of the file says of another, and addresses."""

    def __init__(self, settings: EhrSettings, file: Path) -> None:
        self.given, self.file = settings, file
        self.networks: tuple[Network, ...] = settings.networks

    def settings(self) -> EhrSettings:
        given = self.given
        self._plain("address", given.address)
        for count, ehr in enumerate(given.ehrs):
            self._ehr(f"ehrs.{count}", ehr)
        self._once("name", [ehr.name for ehr in given.ehrs])
        self._once("issuer", [ehr.issuer for ehr in given.ehrs])
        ehrs = tuple(self._placed(ehr) for ehr in given.ehrs)
        feedback = (
            given.feedback.model_copy(update={"file": self._path(given.feedback.file)}) if given.feedback else None
        )
        return given.model_copy(update={"ehrs": ehrs, "feedback": feedback})

    def _ehr(self, place: str, ehr: Ehr) -> None:
        if (ehr.keys.url is None) == (ehr.keys.file is None):
            self._wrong("error.ehr-keys", f"{place}.keys")
        if ehr.keys.url is not None:
            self._address(f"{place}.keys.url", ehr.keys.url)
        for count, server in enumerate(ehr.fhir_servers):
            self._plain(f"{place}.fhir_servers.{count}", server)
        for count, origin in enumerate(ehr.origins):
            self._origin(f"{place}.origins.{count}", origin)
        if ehr.smart and ehr.smart.authority is not None:
            self._origin(f"{place}.smart.authority", ehr.smart.authority)
        if ehr.smart and not ehr.fhir_servers:
            self._wrong("error.ehr-smart", f"{place}.smart")

    def _address(self, place: str, url: str) -> None:
        if not is_secure(url, self.networks):
            self._wrong("error.ehr-address", place, url)

    def _plain(self, place: str, url: str) -> None:
        self._address(place, url)
        if "?" in url:
            self._wrong("error.ehr-address", place, url)

    def _origin(self, place: str, url: str) -> None:
        """As a browser writes it: no path, no slash at its end, no port that goes without saying."""
        self._address(place, url)
        scheme, host, port = origin_of(url) or ("", "", 0)
        written = f"{scheme}://[{host}]" if ":" in host else f"{scheme}://{host}"
        if url not in (written, f"{written}:{port}"):
            self._wrong("error.ehr-origin", place, url)

    def _once(self, key: str, found: list[str]) -> None:
        twice = next((one for one in found if found.count(one) > 1), None)
        if twice is not None:
            self._wrong("error.ehr-twice", f"ehrs.{key}", twice)

    def _placed(self, ehr: Ehr) -> Ehr:
        if ehr.keys.file is None:
            return ehr
        return ehr.model_copy(update={"keys": Keys(file=self._path(ehr.keys.file))})

    def _path(self, path: Path) -> Path:
        """Relative to the settings."""
        return (self.file.parent / path).resolve()

    def _wrong(self, key: str, place: str, given: str = "") -> Self:
        raise UsageError(key, where=str(self.file), place=place, given=quoted(given))
