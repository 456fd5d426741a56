"""Review sessions 场次: made, drawn, invited to, held, concluded and signed."""
