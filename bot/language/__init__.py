"""Turns what a visitor writes into mentions and danger signs; no decision is taken here."""
