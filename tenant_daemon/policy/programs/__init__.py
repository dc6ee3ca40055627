"""What is known of each program: its flags, its arguments, and what they do."""
