"""The people of a customer: who they are, what they may do, who is invited."""
