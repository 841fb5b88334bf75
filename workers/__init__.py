"""What happens a moment later: the relay, the timetable and mail, in one process on one loop."""
