from . import expo_demo, expo_demo_visit
