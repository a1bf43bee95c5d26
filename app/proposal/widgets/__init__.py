"""What stands around a draft: panel, bar, lists, popup, announcements, menu lines."""
