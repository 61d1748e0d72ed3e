"""What may be done to organisations, accounts and invitations by those who manage them; audited, atomic."""
