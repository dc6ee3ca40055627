"""The door for programs: REST under ``/api/v1``, in the envelope of ``envelope.py``."""
