"""What agents changed on servers, and having it put back."""
