"""Everything that agents ask."""
