"""The constraint families of the formulation, one function each."""
