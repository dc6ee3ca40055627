"""Keys with which customers' programs call the API."""
