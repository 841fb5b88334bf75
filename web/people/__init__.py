"""People, the roles they hold, and the competence stated for each."""
