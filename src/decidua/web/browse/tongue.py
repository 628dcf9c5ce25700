"""The language in an address, and what is not there."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated

from fastapi import Depends

from decidua.language import LANGUAGES, Lang
from decidua.web.refused import Refused


def tongue(lang: str) -> Lang:
    """Raises Refused 404 for a language that there is not."""
    if lang not in LANGUAGES:
        raise Refused(404, "refused.not-found")
    return "ko" if lang == "ko" else "en"


Tongue = Annotated[Lang, Depends(tongue)]


def there(id_: str, ids: Container[str]) -> str:
    """Raises Refused 404 for what the content does not have."""
    if id_ not in ids:
        raise Refused(404, "refused.not-found")
    return id_
