"""The confidential file with its lines, ABC classes and life cycle.
Greetings, opinions, hints, and the printed customer card.
"""
