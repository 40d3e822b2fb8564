"""Signing in, for people who work at the peer organisation: links, sessions, who may see what."""
