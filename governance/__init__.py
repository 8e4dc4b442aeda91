"""Keys, encryption, access and published builds: what makes the figures trustworthy."""
