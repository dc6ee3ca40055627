"""Secrets of servers as people deal with them. Every value passes the hub in a box that it cannot open."""
