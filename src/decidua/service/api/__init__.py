"""The API, version 1: JSON in and out, the same contracts as `--format json` of the command."""

from decidua.service.api.router import PREFIX, api

__all__ = ["PREFIX", "api"]
