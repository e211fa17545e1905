"""Two-point functions and quadrature for any rational filter, white noise, and discrete time."""
