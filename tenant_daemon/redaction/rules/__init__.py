"""The pattern rules as data, one TOML file per field; ``ruleset.py`` reads and checks them."""
