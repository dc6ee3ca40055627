"""Signed heads of the servers' audit trails, held against each other."""
