"""The chat API of contract §4: what a visitor's browser may ask and say."""
