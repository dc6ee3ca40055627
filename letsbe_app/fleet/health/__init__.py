"""How well servers are: figures make a state, and a state that lasts is told."""
