"""How addresses name a thing."""

from typing import Annotated

from fastapi import Path

Id = Annotated[str, Path(min_length=1, max_length=60)]
"""An id in the address; what it names, and whether the caller may know, is the service's to say."""
