"""The wizard: what a customer has chosen so far, and a suggestion from their own words."""
