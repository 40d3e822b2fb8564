"""The whole system with two processes of each service: outages, deaths, and those who come back."""
