"""People: the pages on which organisations, accounts and invitations are managed."""
