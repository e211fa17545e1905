"""Several populations of leaky neurons with Gaussian inputs, coupled through the variances of what they receive."""
