"""The parts of every page: one file each, one look everywhere."""
