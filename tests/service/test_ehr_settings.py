"""The file of `decidua serve --ehr`: what is wrong in it is said in one sentence, with its place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.running import python_words, run

from decidua.errors import UsageError
from decidua.language import LANGUAGES, Lang
from decidua.service.cds.gate import Gate
from decidua.service.ehr.settings import read_ehr_settings
from decidua.service.listen import settings_for
from service.local_ehr import elliptic, jwk

GOOD: dict[str, Any] = {
    "address": "https://decidua.hospital.example",
    "cds_hooks": True,
    "ehrs": [
        {
            "name": "hospital",
            "issuer": "https://ehr.hospital.example/",
            "keys": {"url": "https://ehr.hospital.example/jwks.json"},
            "fhir_servers": ["https://ehr.hospital.example/fhir"],
            "origins": ["https://ehr.hospital.example"],
            "language": "ko",
            "smart": {"client_id": "decidua"},
        }
    ],
}


def written(folder: Path, content: object) -> Path:
    file = folder / "ehr.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    return file


def changed(**ehr: Any) -> dict[str, Any]:
    return {**GOOD, "ehrs": [{**GOOD["ehrs"][0], **ehr}]}


def test_good_settings(tmp_path: Path) -> None:
    found = read_ehr_settings(written(tmp_path, GOOD))
    assert (found.base, found.launches) == ("https://decidua.hospital.example", True)
    assert found.for_launch("https://ehr.hospital.example/fhir/") is found.ehrs[0]
    assert found.for_launch("https://ehr.hospital.example/fhir2") is None
    settings = settings_for("127.0.0.1", (), None, tls=False, log_requests=False, ehr=found)
    assert settings.cds_hooks
    assert settings.secure
    assert "decidua.hospital.example" in settings.names


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "key", "place"),
    [
        ("a: [", "error.ehr-yaml", "ehr.yaml:2"),
        ("- 1", "error.ehr-table", ""),
        ("a: 1" + " " * 100_001, "error.ehr-table", ""),
        ({}, "error.ehr-missing", "address"),
        ({**GOOD, "adress": "x"}, "error.ehr-unknown", "adress"),
        ({**GOOD, "ehrs": []}, "error.ehr-value", "ehrs"),
        ({**GOOD, "networks": ["10.0.0.1/8"]}, "error.ehr-value", "networks.0"),
        ({**GOOD, "seconds": 0}, "error.ehr-value", "seconds"),
        ({**GOOD, "address": "http://decidua.hospital.example"}, "error.ehr-address", "address"),
        (changed(name="A Hospital"), "error.ehr-value", "ehrs.0.name"),
        (changed(keys={}), "error.ehr-keys", "ehrs.0.keys"),
        (changed(keys={"url": "https://a.example", "file": "b"}), "error.ehr-keys", "ehrs.0.keys"),
        (changed(keys={"url": "http://a.example"}), "error.ehr-address", "ehrs.0.keys.url"),
        (changed(fhir_servers=["https://a.example/fhir?x=1"]), "error.ehr-address", "ehrs.0.fhir_servers.0"),
        (changed(fhir_servers=["http://127.0.0.1/fhir"]), "error.ehr-address", "ehrs.0.fhir_servers.0"),
        (changed(fhir_servers=[]), "error.ehr-smart", "ehrs.0.smart"),
        (changed(origins=["https://a.example/"]), "error.ehr-origin", "ehrs.0.origins.0"),
        (changed(origins=["*"]), "error.ehr-address", "ehrs.0.origins.0"),
        (changed(language="de"), "error.ehr-value", "ehrs.0.language"),
        ({**GOOD, "ehrs": GOOD["ehrs"] * 2}, "error.ehr-twice", "ehrs.name"),
    ],
)
def test_wrong_settings(tmp_path: Path, content: object, key: str, place: str, lang: Lang) -> None:
    with pytest.raises(UsageError) as error:
        read_ehr_settings(written(tmp_path, content))
    said = error.value.message(lang)
    assert error.value.key == key
    assert place in said
    assert "ehr.yaml" in said
    assert len(said.splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_ehr_settings(tmp_path / "none.yaml")
    assert error.value.key == "error.ehr-file"


def test_files_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [jwk(elliptic(), "one")]}), "utf-8")
    content = {**changed(keys={"file": "jwks.json"}), "feedback": {"file": "feedback.sqlite"}}
    found = read_ehr_settings(written(tmp_path, content))
    gate = Gate(settings_for("127.0.0.1", (), None, tls=True, log_requests=False, ehr=found))
    gate.put_away()
    assert (tmp_path / "feedback.sqlite").exists()
    (tmp_path / "jwks.json").write_text("{}", "utf-8")
    with pytest.raises(UsageError) as error:
        Gate(settings_for("127.0.0.1", (), None, tls=True, log_requests=False, ehr=found))
    assert error.value.key == "error.ehr-keys-file"


def test_feedback_that_cannot_be_kept(tmp_path: Path) -> None:
    for place in (str(tmp_path / "no" / "folder" / "x"), str(tmp_path)):
        found = read_ehr_settings(written(tmp_path, {**GOOD, "feedback": {"file": place}}))
        with pytest.raises(UsageError) as error:
            Gate(settings_for("127.0.0.1", (), None, tls=True, log_requests=False, ehr=found))
        assert error.value.key == "error.ehr-feedback"
    other = tmp_path / "text"
    other.write_bytes(b"this is no data base" * 100)
    found = read_ehr_settings(written(tmp_path, {**GOOD, "feedback": {"file": str(other)}}))
    with pytest.raises(UsageError):
        Gate(settings_for("127.0.0.1", (), None, tls=True, log_requests=False, ehr=found))


def test_a_trial_is_for_this_machine_only() -> None:
    with pytest.raises(UsageError) as error:
        settings_for("0.0.0.0", (), "x" * 20, tls=True, log_requests=False, cds_hooks=True)
    assert error.value.key == "error.cds-ehr"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_says_it_before_it_starts(tmp_path: Path, lang: Lang) -> None:
    ran = run("serve", "--ehr", str(written(tmp_path, {})), "--lang", lang)
    assert (ran.code, ran.out) == (2, "")
    assert "address" in ran.err
    assert python_words(ran.err) == []


def test_the_service_needs_no_library_of_ehrs_until_one_is_named(tmp_path: Path) -> None:
    """Without PyJWT and httpcore everything else runs, and --ehr says in one sentence what is missing."""
    without = "import sys; sys.modules.update(dict.fromkeys(('jwt', 'httpcore', 'cryptography')))\n"
    code = without + "from decidua.service.app import create_app; from decidua.cli.main import main; main()"
    file = str(written(tmp_path, GOOD))
    ran = subprocess.run(
        [sys.executable, "-c", code, "serve", "--ehr", file], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2
    assert "decidua[ehr]" in ran.stderr
    assert python_words(ran.stderr) == []
