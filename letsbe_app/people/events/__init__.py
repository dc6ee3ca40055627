"""What happens at a business, told to whoever it has asked us to tell."""
