"""The use cases: what visitors, staff and the clock may make happen, written against ports only."""
