"""Pages of one part of the site."""
