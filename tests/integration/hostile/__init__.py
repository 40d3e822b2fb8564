"""What strangers and insiders can send to any address of the three services."""
