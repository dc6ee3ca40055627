"""Mail to people: what is sent, and by whom."""
