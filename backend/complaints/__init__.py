"""Complaints (chapter 11.10): made, answered, judged, handled; and the sanction that no proper response brings."""
