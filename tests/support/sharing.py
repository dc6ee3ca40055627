"""Which tests stay on one process when several share the work: what these share takes long to start."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

_SHARED: Final = {
    "tests/flows/test_faults.py": "whole system",
    "tests/flows/test_journey.py": "whole system",
    "tests/flows/test_secrets_stay.py": "whole system",
    "tests/flows/test_turns.py": "whole system",
    "tests/flows/test_api_conformance.py": "hub",
    "tests/daemon/openclaw/test_formats.py": "OpenClaw and proxy",
    "tests/daemon/openclaw/test_real_openclaw.py": "OpenClaw",
}
"""
By file, since names are all that the process which hands out tests knows of them.

``xdist_group`` groups nothing with pytest 9.2 (pytest-xdist, issue 1386).
"""


class SharingScheduler(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out what belongs together at once and first, everything else test by test."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return _SHARED.get(file, nodeid)
