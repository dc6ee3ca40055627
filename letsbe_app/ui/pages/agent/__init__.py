"""One agent: everything that is set of it, and how that came about."""
