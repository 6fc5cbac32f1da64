"""What Svod remembers from run to run: the journal, what a run tells it, what a result was made from."""
