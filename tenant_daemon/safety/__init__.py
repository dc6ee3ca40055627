"""The safety wrapper: every tool call is judged, asked about where it must be, run, redacted and recorded."""
