from . import expo_demo
