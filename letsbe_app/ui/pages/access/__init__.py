"""Where the links in mails lead."""
