"""Sessions: made, drawn, invited to, held, concluded, signed."""
