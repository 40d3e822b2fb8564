"""What runs once, in containers, before the services can start."""
