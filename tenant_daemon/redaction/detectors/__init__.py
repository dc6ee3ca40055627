"""One file per detector, each with the reason why it exists."""
