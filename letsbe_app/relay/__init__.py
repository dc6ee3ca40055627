"""
The one door to Redis, and the durable outbox to the servers.

Redis wakes, the database remembers: whatever passes through here may be lost at any moment, except for the
outbox, which is a table. Only the events of running answers travel as payload.
"""

from letsbe_app.relay.channels import Topic
from letsbe_app.relay.connection import RelayAway
from letsbe_app.relay.relay import Relay

__all__ = ["Relay", "RelayAway", "Topic"]
