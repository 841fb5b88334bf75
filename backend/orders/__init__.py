"""Orders: from a request to accepted work (11.8)."""
