"""Reports in the form a regulator takes them, made from published builds."""
