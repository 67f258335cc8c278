"""Demo of long-term care. The chapter makes birthdays and company days fall on the next days, and their greetings."""
