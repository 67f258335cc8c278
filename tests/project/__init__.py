"""The project itself: the command `./dev`, the wheel, the rules of structure.
Nothing here tests the addon's behaviour.
"""
