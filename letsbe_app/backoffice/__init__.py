"""
What staff sees of all customers, and does to the fleet.

Nothing here reads what was said, asked or changed on a server, and nothing opens a seal: states, figures,
ids, and who did what.
"""
