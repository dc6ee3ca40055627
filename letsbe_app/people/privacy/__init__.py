"""What the GDPR gives people: everything to take along (article 20), and to be forgotten (article 17)."""
