"""What every desk uses: audit, the current pack, requests and health."""
