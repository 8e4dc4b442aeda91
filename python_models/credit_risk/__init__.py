"""Credit risk: exposure of derivatives under SA-CCR, capital for CVA, risk weights by rating and own estimates."""
