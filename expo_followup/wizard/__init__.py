from . import activities, complaint, core, exhibition, followup, participation, privacy
