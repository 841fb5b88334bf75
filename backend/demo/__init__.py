"""A believable past of several months, told by the verbs with a clock that moves; right whatever today's date is."""
