"""The servers: for each an address from outside, an installed program, a package, or what stands in."""
