"""Excel in: templates, uploads, a preview of what would change, and loading all or nothing."""
