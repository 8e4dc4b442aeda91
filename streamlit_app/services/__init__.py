"""What the pages show, worked out from what the repositories read. No streamlit in here."""
