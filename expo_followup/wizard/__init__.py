from . import activities, complaint, core, exhibition, followup, mail, participation, privacy
