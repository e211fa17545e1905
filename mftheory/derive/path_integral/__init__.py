"""Route one: saddle point of the averaged action, and its fluctuations (THEORY.md §3)."""
