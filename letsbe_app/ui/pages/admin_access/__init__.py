"""How staff gets in."""
