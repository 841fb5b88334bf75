"""One sentence for each event: the bell, mails and timelines all say it.

A sentence is about the act alone; which thing it happened to is said beside it. Its places are the event's figures by
their names, typed by these names (`_minutes`, `_at`, `_on`), and `%(part)s`, what the event's own subject is called.
"""
