"""The process and the machine: start, end, crashes, logs, secrets, threads."""
