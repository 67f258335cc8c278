from . import activities, complaint, customer, followup, privacy
