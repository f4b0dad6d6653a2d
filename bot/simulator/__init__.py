"""Made-up visitors who hold whole conversations, to see that what is stored is what they told."""
