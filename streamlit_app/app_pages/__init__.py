"""One file per page, run by the entry file. A page lays out; services know."""
