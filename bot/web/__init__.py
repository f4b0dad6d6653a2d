"""The public edge: the only part of Palpate that strangers can reach."""
