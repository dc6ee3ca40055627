"""Customers' users: sign-up, sign-in, sessions."""
