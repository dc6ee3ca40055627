"""Webhooks: events posted to addresses of the customer's own, signed as standardwebhooks.com says."""
