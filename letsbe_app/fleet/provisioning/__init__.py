"""How a paid order becomes a running server: named steps, a provider, and what the owner sees of it."""
