"""Neurons that differ from one another by numbers of their own, or by the static field that non-odd φ leave."""
