"""One follow-up until its outcome, and the board of the day. Letters, their queue, and unsubscribing."""
