"""Many faults in a row against the relay, and the proof that nothing was lost: ``python -m tests.soak``."""
