"""Servers as the hub knows them: enrolment, keys, heartbeat, kill switch."""
