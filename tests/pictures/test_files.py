"""`decidua pool --format svg|png|pdf|html`: files, refusals, and glyphs that are there."""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from decidua.cli.pool import command
from decidua.errors import UsageError
from decidua.reports.pictures.drawing import Drawing, text
from decidua.reports.pictures.raster import pdf, png
from tests.pictures.plots import VITAMIN_D, bcg
from tests.pictures.reading import read


def run(*options: str, file: Path = VITAMIN_D) -> Result:
    return CliRunner().invoke(command, [str(file), "--measure", "OR", "--method", "MH", *options])


def refused(*options: str, file: Path = VITAMIN_D) -> str:
    error = run(*options, file=file).exception
    assert isinstance(error, UsageError)
    assert error.message("ko") != error.message("en")
    return error.message("en")


def test_svg_on_standard_output() -> None:
    result = run("--format", "svg")
    assert result.exception is None
    assert read(result.output).get("role") == "img"
    assert "@media (prefers-color-scheme: dark)" in result.output


@pytest.mark.parametrize("name", ["forest", "funnel", "cumulative", "leave-one-out"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_each_plot_as_a_page(name: str, lang: str) -> None:
    result = run("--format", "html", "--plot", name, "--lang", lang)
    assert result.exception is None, result.exception
    page = result.output
    assert f'<html lang="{lang}">' in page
    assert "<script" not in page
    assert " style=" not in page
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert not re.search(r'(src|href)="(?!https://doi\.org/|data:,")', page)
    assert '<th scope="row">' in page
    assert "Andersen 2015" in page.split("<table")[1]
    assert str(VITAMIN_D.parent) not in page  # where the file lies is nobody's business


def test_out_writes_a_new_file_and_touches_no_old_one(tmp_path: Path) -> None:
    target = tmp_path / "plot.png"
    assert run("--format", "png", "--out", str(target)).exception is None
    first = target.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert "exists already" in refused("--format", "png", "--out", str(target))
    assert target.read_bytes() == first
    assert sorted(tmp_path.iterdir()) == [target]


def test_pdf_has_text(tmp_path: Path) -> None:
    target = tmp_path / "plot.pdf"
    assert run("--format", "pdf", "--out", str(target), "--lang", "ko").exception is None
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"Pretendard" in content


@pytest.mark.parametrize("shape", ["json", "csv", "text"])
def test_out_takes_data_too(tmp_path: Path, shape: str) -> None:
    target = tmp_path / "pooled"
    assert run("--format", shape, "--out", str(target)).exception is None
    assert target.read_bytes().decode().strip() == run("--format", shape).output.strip()


def test_refusals_come_before_the_work(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    assert "--out FILE" in refused("--format", "png", file=absent)
    assert "belongs to a picture" in refused("--plot", "funnel", file=absent)
    assert "belongs to a picture" in refused("--good", "left", "--format", "csv", file=absent)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    error = run("--format", "svg", "--out", str(tmp_path / "no" / "folder.svg")).exception
    assert isinstance(error, UsageError)
    assert error.key == "error.cannot-write"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.reports.pictures.raster.find_spec", lambda _: None)
    assert "pip install decidua[pictures]" in refused("--format", "pdf", "--out", "-")
    assert run("--format", "svg").exception is None


def test_too_tall_for_png(tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("study,ai,n1i,ci,n2i\n" + "".join(f"S{n},{n % 9 + 1},50,5,50\n" for n in range(700)), "utf-8")
    assert "take --format svg" in refused("--format", "png", "--out", str(tmp_path / "a.png"), file=file)
    assert run("--format", "svg", file=file).exception is None


def test_methods_in_text() -> None:
    said = run("--methods").output
    assert "Methods" in said
    assert "[1] Deeks JJ" in said
    assert "Methods" not in run().output


def test_favours_and_good_side() -> None:
    svg = run("--format", "svg", "--favours-left", "A & B", "--favours-right", "C", "--good", "left").output
    assert "A &amp; B" in svg
    assert "better for the patient" in svg


def test_asymmetry_and_filled_studies(tmp_path: Path) -> None:
    asked = ["--measure", "RR", "--format", "svg", "--plot", "funnel", "--also", "trim-fill", "--contours"]
    result = CliRunner().invoke(command, [str(bcg(tmp_path)), *asked])
    assert "picture-filled" in result.output
    assert "picture-band-inner" in result.output.split("</style>")[1]


def test_drawing_needs_no_engine_and_no_heavy_import() -> None:
    """A picture as SVG loads neither vl-convert nor a web framework."""
    code = (
        "import sys; from decidua.cli.pool import command\n"
        f"command([{str(VITAMIN_D)!r}, '--measure', 'OR', '--format', 'svg'], standalone_mode=False)\n"
        "assert not {'vl_convert', 'fastapi', 'matplotlib'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


# ---- PNG ------------------------------------------------------------------------------------------------------------


def ink(content: bytes) -> list[list[int]]:
    """Of an 8-bit RGBA PNG: darkness by row and column."""
    width, height = struct.unpack(">II", content[16:24])
    assert content[24:26] == b"\x08\x06"
    data, at = b"", 8
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            data += content[at + 8 : at + 8 + size]
        at += 12 + size
    raw, rows, before = zlib.decompress(data), [], bytearray(4 * width)
    for y in range(height):
        start = y * (4 * width + 1)
        before = unfiltered(raw[start], bytearray(raw[start + 1 : start + 4 * width + 1]), before)
        rows.append([255 - before[4 * x] for x in range(width)])
    return rows


def unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    for at in range(len(line)):
        a, b, c = (line[at - 4] if at > 3 else 0), above[at], (above[at - 4] if at > 3 else 0)
        p = a + b - c
        paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        line[at] = (line[at] + (0, a, b, (a + b) // 2, paeth)[kind]) % 256
    return line


def written(said: str) -> bytes:
    return png(Drawing(80, 40, "ko", "t", "d", (text(10, 28, said, "picture-text", size=24),)))


def test_korean_letters_are_drawn_and_are_not_boxes() -> None:
    """Glyphs that are missing all look alike; these differ, and each has ink."""
    drawn = {said: ink(written(said)) for said in ("유산", "생아", "출생", "τ²", "≠−")}
    assert all(sum(map(sum, rows)) > 5000 for rows in drawn.values())
    different = {str(rows) for rows in drawn.values()}
    assert len(different) == len(drawn)
    missing = [ink(written(said)) for said in ("\U0001fae0\U0001fae0", "\ue123\ue123")]
    assert all(rows not in missing for rows in drawn.values())


def test_png_is_twice_the_size_and_in_the_colours_of_paper() -> None:
    content = written("유산")
    assert struct.unpack(">II", content[16:24]) == (160, 80)
    rows = ink(content)
    assert rows[0][0] == 0  # white ground
    assert max(map(max, rows)) == 255  # black ink


def test_pdf_is_a_pdf() -> None:
    assert pdf(Drawing(80, 40, "ko", "t", "d", (text(10, 28, "유산", "picture-text"),))).startswith(b"%PDF")


def test_fonts_are_the_ones_that_are_named() -> None:
    folder = files("decidua.reports") / "fonts"
    named = re.findall(r"^([0-9a-f]{64})  (\S+)$", (folder / "fonts.txt").read_text("utf-8"), re.MULTILINE)
    assert len(named) == 2
    for digest, name in named:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE.txt").read_text("utf-8").upper()
