"""What would break the product or its promises, tried on the real thing."""
