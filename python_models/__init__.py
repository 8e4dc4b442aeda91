"""The calculation room: pure functions over arrays and frames, without files, clock or global state."""
