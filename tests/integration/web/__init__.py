"""What the web server itself refuses, without a database or a broker."""
