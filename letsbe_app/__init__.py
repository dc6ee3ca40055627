"""The hub: onboarding site, customer portal, admin, REST and websocket API."""

__version__ = "0.1.0"
