"""Audits from the page: a file of one folder on this machine, one at a time, held in memory."""
