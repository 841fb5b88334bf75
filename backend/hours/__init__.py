"""Hours: booked on targets, approved, never silently (11.7.3)."""
