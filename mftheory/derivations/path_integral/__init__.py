"""Route one: saddle point of the averaged action, and its fluctuations (theory §3)."""
