"""Mail in: what comes to the mailbox becomes a message on its ticket, waits for Tiera's desk, or is put aside."""
