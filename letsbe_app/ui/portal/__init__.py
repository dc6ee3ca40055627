"""What all pages of the portal share: the frame around them and what it knows."""
