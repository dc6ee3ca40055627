"""Small tools of the daemon without domain words."""
