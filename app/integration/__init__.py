"""What other systems follow: the change feed."""
