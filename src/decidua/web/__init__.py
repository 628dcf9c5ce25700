"""Pages and forms: a router that a service mounts; it knows no service."""
