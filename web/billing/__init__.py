"""What Tiera approved for billing: tickets chosen and approved, an approval with what came of it."""
