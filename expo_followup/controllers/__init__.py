from . import activities, capture, complaint, customer, followup, privacy
