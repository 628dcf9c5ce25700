"""CDS Hooks 2.0 over HTTP: discovery, calls, feedback."""
