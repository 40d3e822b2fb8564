"""The phone simulator, as a process on real ports, spoken to by the official client."""
