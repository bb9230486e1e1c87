"""The web pages; they call the same use-case functions as the API."""
