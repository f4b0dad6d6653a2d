"""Takes stored messages to the dialogue, one at a time per conversation, and brings the replies back exactly once."""
