"""The sections of what goes out: notices, webhooks, keys of servers."""
