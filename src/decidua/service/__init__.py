"""The one app: mounts the pages and the JSON API; access, headers, limits."""
