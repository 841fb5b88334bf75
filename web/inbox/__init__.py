"""Mail that came in, for Tiera's desk: the list, a mail's page, and what becomes of it."""
