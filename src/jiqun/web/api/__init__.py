"""The interface for programs: tokens, read access to records and results, bulk export, webhooks."""
