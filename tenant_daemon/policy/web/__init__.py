"""Addresses and calls to business tools."""
