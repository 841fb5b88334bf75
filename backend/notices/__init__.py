"""Telling people what happened: who is told, in which words, by which way; the bell, mails and what is wanted."""
