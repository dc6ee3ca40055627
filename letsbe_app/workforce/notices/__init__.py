"""What owners should know although nobody asked."""
