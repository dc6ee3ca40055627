"""
The door for time: durable workflows and what keeps local servers running.

A process of its own, ``python -m letsbe_app.jobs``, so that the hub's workers never take up each other's
workflows again after a restart.
"""
