"""What may stand in a patient file, and each way in which one can be unreadable."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from decidua.errors import DeciduaError, PatientConflictError, PatientError, PatientSyntaxError
from decidua.facts import Range, Vocabulary
from decidua.intake import Intake, PatientErrors, read_patient, read_patient_file
from decidua.language import LANGUAGES, say
from intake.reading import STATED, Read


def line(read: Read, text: str | bytes) -> str:
    """The one line of the error, which must exist in both languages."""
    with pytest.raises(PatientError) as caught:
        read(text)
    messages = [caught.value.message(lang) for lang in LANGUAGES]
    assert all("\n" not in message and "{" not in message.replace("{date", "") for message in messages)
    assert messages[0] != messages[1]
    return messages[0]


def test_plain(read: Read) -> None:
    intake = read("title: A case\nlosses: 3\nWEIGHT: 60 kg\nsle: no\ngestation: 6+0\nana_titre: 1:80\n")
    values = intake.patient.values
    assert (values["losses"], values["weight"], values["sle"]) == (3, 60, False)
    assert (values["gestation"], values["ana_titre"], values["stage"]) == (42, 80, "pregnant")
    assert intake.patient.origins["stage"] == "gestation-is-pregnant"
    assert (intake.title, intake.patient.given["weight"]) == ("A case", "60 kg")


def test_json(read: Read) -> None:
    data = {"losses": 3, "sle": False, "title": "한글 \U0001f600", "ana": None}
    data |= {"weight": {"value": 60.5, "unit": "kg"}}
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False), json.dumps(data, indent="\t")):
        intake = read(text)
        assert intake.patient.values["weight"] == Decimal("60.5")
        assert intake.patient.values["sle"] is False
        assert intake.title == "한글 \U0001f600"
    assert "on lines 1 and 2" in line(read, '{"losses": 3,\n"losses": 3}')


def test_yaml_surprises_stay_text(read: Read) -> None:
    assert read("losses: 010").patient.values["losses"] == 10
    assert "6:00" in line(read, "losses: 6:00")
    assert "on" in line(read, "sle: on")
    assert "'no'" in line(read, "country: no")
    for written in ("1e999", ".inf", ".nan", "NaN", "Infinity", "0x10", "1_0", "-1", "2.5", "true"):
        assert written in line(read, f"losses: {written}")


@pytest.mark.parametrize("word", ["unknown", '"?"', "모름", "", "~", "null", '""'])
def test_unknown_is_unknown(read: Read, word: str) -> None:
    assert read(f"sle: {word}\nlosses: {word}\nunexplained: {word}").patient.values == {}


def test_bounds(read: Read) -> None:
    assert read("losses: '>= 3'").patient.values["losses"] == Range(Decimal(3), None)
    assert "impossible" in line(read, "losses: < 0")
    assert "impossible" in line(read, "losses: '> 40'")


def test_stated_criteria(read: Read) -> None:
    values = read("unexplained: true\npersistent_apl: no").patient.values
    assert values == {"unexplained@asri-2025": True, "unexplained@eshre-2022": True, "persistent_apl": False}
    assert "given twice" in line(read, "unexplained: yes\nunexplained@eshre-2022: no")
    assert "yes or no" in line(read, "unexplained: 3")


def test_unexplained_needs_a_guideline_that_defines_it(vocabulary: Vocabulary) -> None:
    with pytest.raises(PatientError, match="unexplained"):
        read_patient(b"unexplained: yes", name="p", vocabulary=vocabulary)


def test_aliases_given_twice(read: Read) -> None:
    intake = read("losses: 3\nnumber_of_losses: 3")
    assert intake.warnings[0][0] == "warn.given-twice"
    assert line(read, "losses: 3\nnumber_of_losses: 4").startswith("p.yaml:2: losses is given twice")


def test_the_words_of_a_range_go_when_it_is_narrowed(read: Read) -> None:
    patient = read("losses: 2\nclinical_losses: '<= 3'").patient
    assert patient.values["clinical_losses"] == Range(Decimal(0), Decimal(2))
    assert patient.origins["clinical_losses"] == "parts-of-losses"
    assert set(patient.given) == {"losses"}
    assert read("weight: 60,5 kg").patient.values["weight"] == Decimal("60.5")


def test_bmi(read: Read) -> None:
    values = read("weight: 60 kg\nheight: 165 cm").patient
    assert (values.values["bmi"], values.origins["bmi"]) == (Decimal("22.0"), "derived")
    assert read("weight: 60 kg\nheight: 165 cm\nbmi: 22.9").patient.values["bmi"] == Decimal("22.9")
    assert "bmi is stated as 24" in line(read, "weight: 60 kg\nheight: 165 cm\nbmi: 24")
    assert "impossible" in line(read, "weight: 300 kg\nheight: 100 cm")
    assert "bmi" not in read("weight: '> 60 kg'\nheight: 165 cm").patient.values


def test_unlikely_is_a_warning(read: Read) -> None:
    intake = read("losses: 3\nage: 12")
    key, parts = intake.warnings[0]
    assert (key, parts["where"]) == ("warn.unlikely", "p.yaml:2")
    assert all(say(lang, key, **parts) for lang in LANGUAGES)


ONE_LINE: list[tuple[str | bytes, str, type[PatientError]]] = [
    ("losess: 3", "p.yaml:1: 'losess' is not known; nearest are: losses", PatientError),
    ("zzzzzzzzz: 3", "p.yaml:1: 'zzzzzzzzz' is not known", PatientError),
    ("\nweight: 60 stone", "p.yaml:2: weight has the unit 'stone'", PatientError),
    ("weight: 600 kg", "impossible", PatientError),
    ("vitamin_d: 30", "without a unit", PatientError),
    ("prolactin: 1,500 ng/mL", "may divide thousands or decimals", PatientError),
    ("sle: [yes, no]", "one value, not a list", PatientError),
    ("sle: {value: yes}", "one value, not a list", PatientError),
    (f"title: {'x' * 300}", "longer than 200", PatientError),
    ("losses: 2\nclinical_losses: 3", "p.yaml:2: clinical_losses = 3, losses = 2", PatientConflictError),
    ("losses: 2\n\nlosses: 2", "'losses' stands twice, on lines 1 and 3", PatientSyntaxError),
    ("title: a\nTitle: b", "'title' stands twice, on lines 1 and 2", PatientSyntaxError),
    ("a: [1, 2\nb: 3", "p.yaml:2: not readable as YAML or JSON at column 2", PatientSyntaxError),
    ("a:\n\tb: 1", "p.yaml:2: not readable", PatientSyntaxError),
    ("losses: &x 3\nclinical_losses: *x", "p.yaml:1: anchors", PatientSyntaxError),
    ("losses: !!int 3", "p.yaml:1: tags", PatientSyntaxError),
    ("a: !!python/object/apply:os.system [ls]", "tags", PatientSyntaxError),
    ("<<: {losses: 3}", "the key '<<' is not a name", PatientSyntaxError),
    ("1: 3", "the key '1' is not a name", PatientSyntaxError),
    ("yes: 3", "the key 'yes' is not a name", PatientSyntaxError),
    ("? [a]\n: 3", "is not a name", PatientSyntaxError),
    ("", "nothing is written", PatientSyntaxError),
    ("# only a remark\n", "nothing is written", PatientSyntaxError),
    ("---\n", "nothing is written", PatientSyntaxError),
    ("\ufeff", "nothing is written", PatientSyntaxError),
    ("losses: 3\n---\nlosses: 4", "p.yaml:2: a second document", PatientSyntaxError),
    ("- losses", "`fact: value` lines", PatientSyntaxError),
    ("losses", "`fact: value` lines", PatientSyntaxError),
    ("losses: 3\nana: a\x07b", "p.yaml:2: a control character", PatientSyntaxError),
    (b"losses: 3\n\xff\n", "p.yaml:2: this is not UTF-8", PatientSyntaxError),
    (b"\x00\x01\x02", "NUL", PatientSyntaxError),
    ("losses: 3".encode("utf-16"), "UTF-16", PatientSyntaxError),
    ("losses: 3".encode("utf-32"), "UTF-16 or UTF-32", PatientSyntaxError),
    ("a: " + "[" * 21 + "]" * 21, "20 deep", PatientSyntaxError),
    ("[" * 100_000, "20 deep", PatientSyntaxError),
    ("\n".join(f"k{n}: 1" for n in range(2001)), "2000 keys", PatientSyntaxError),
    ("a: [" + "1," * 20_000 + "]", "10000 values", PatientSyntaxError),
    (b" " * 1_000_001, "1000000 bytes", PatientSyntaxError),
]


@pytest.mark.parametrize(("text", "said", "kind"), ONE_LINE, ids=[str(row[1])[:40] for row in ONE_LINE])
def test_bad_input_is_one_line(read: Read, text: str | bytes, said: str, kind: type[PatientError]) -> None:
    assert said in line(read, text)
    with pytest.raises(PatientError) as caught:
        read(text)
    assert type(caught.value) is kind


def test_a_byte_order_mark_is_fine(read: Read) -> None:
    assert read(b"\xef\xbb\xbflosses: 3").patient.values["losses"] == 3
    assert read("losses: 3\r\nsle: no\r\n").patient.values["sle"] is False


def test_all_problems_at_once(read: Read) -> None:
    with pytest.raises(PatientErrors) as caught:
        read("sle: maybe\nweight: 3 kg\nlosses: 2\nclinical_losses: 3\nx: 1\nresults: [{fact: tsh}]\nas_of: today")
    lines = str(caught.value).splitlines()
    assert [one.split(":")[1] for one in lines] == ["1", "2", "4", "5", "6", "6", "7"]
    assert caught.value.exit_code == PatientConflictError.exit_code
    assert caught.value.message("ko").count("\n") == 6


def test_what_is_quoted_cannot_steer_a_terminal(read: Read) -> None:
    message = line(read, 'sle: "\\e[31m' + "x" * 150 + '"')
    assert "\x1b" not in message
    assert len(message) < 200


def test_many_unknown_keys_are_quick(read: Read) -> None:
    started = time.process_time()
    with pytest.raises(PatientErrors):
        read("\n".join(f"lossesx{n}: 1" for n in range(2000)))
    assert time.process_time() - started < 5


def read_file(path: str | Path, vocabulary: Vocabulary) -> Intake:
    return read_patient_file(path, vocabulary=vocabulary, stated=STATED, as_of=date(2024, 6, 1))


def test_paths(tmp_path: Path, vocabulary: Vocabulary) -> None:
    good = tmp_path / "p.yaml"
    good.write_text("losses: 3")
    assert read_file(good, vocabulary).patient.values["losses"] == 3
    none = tmp_path / "none.yaml"
    for path, said in ((tmp_path, "folder"), (none, "no such file"), ("a\0b", "cannot be read")):
        with pytest.raises(PatientError, match=said):
            read_file(path, vocabulary)


def test_no_permission(tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PatientError, match="permissions"):
        read_file(tmp_path / "p.yaml", vocabulary)


def test_large_and_endless_input_is_refused_quickly(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        os.truncate(stream.fileno(), 100_000_000)
    started = time.process_time()
    with pytest.raises(PatientSyntaxError, match="1000000 bytes"):
        read_file(large, vocabulary)
    with Path("/dev/zero").open("rb") as endless:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(endless))
        with pytest.raises(PatientSyntaxError, match=r"stdin: .*1000000 bytes"):
            read_file("-", vocabulary)
    assert time.process_time() - started < 5


def test_standard_input(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"losses: x")))
    with pytest.raises(DeciduaError, match=r"^stdin:1: losses"):
        read_file("-", vocabulary)
