"""Demo of incoming mail: of each kind one, through the register."""
