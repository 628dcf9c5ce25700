"""The language of a call: what the client's browser asks for (Accept-Language), else the EHR's own."""

from __future__ import annotations

from fastapi import Request

from decidua.language import Lang


def tongue(request: Request, otherwise: Lang) -> Lang:
    asked = sorted(map(_weighed, request.headers.get("accept-language", "")[:200].split(",")), key=lambda one: -one[0])
    for weight, tag in asked:
        if weight > 0 and tag in ("en", "ko"):
            return "ko" if tag == "ko" else "en"
    return otherwise


def _weighed(text: str) -> tuple[float, str]:
    tag, _, weight = text.partition(";")
    try:
        weighs = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        weighs = 0.0
    return (weighs if 0 <= weighs <= 1 else 0.0), tag.strip().lower()[:2]
