"""Published instances, each family read by a module of its own into the allocation format."""
