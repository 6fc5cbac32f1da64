"""An order's text to the draft of its form: what the order says in words becomes keys, and every guess is marked."""
