"""What pages are made of: banner, filters, tables, charts, number formats and the states a page can be in."""
