"""The agents of a server, as its owner set them up."""
