"""What Rasa sees of language: thin components around the Reader and around a small linear intent model of our own."""
