"""Rasa Open Source 3.6.21 made fit for a clinic, so that the rest of the product can trust what it is told."""
