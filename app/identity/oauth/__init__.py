"""OAuth 2: client programs, the tokens they act with, and the consent they need."""
