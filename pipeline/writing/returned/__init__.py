"""Files that go back to schools. What is said in them is light (`texts`); whoever marks them runs in a worker."""
