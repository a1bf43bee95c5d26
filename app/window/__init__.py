"""The main window: menus, what opens over it, title, status line, what lies beside the text."""
