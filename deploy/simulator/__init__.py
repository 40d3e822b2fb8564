"""A simulated telephone network and mail server: no text and no e-mail leaves the machine."""
