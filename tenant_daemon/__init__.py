"""The daemon that runs on each customer's server, in front of a vanilla OpenClaw."""

__version__ = "0.1.0"
