"""Tells staff that something waits for them: by the log, by e-mail, by webhook, never with a word about health."""
