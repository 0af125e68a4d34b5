"""Preview, printing, PDF and attachments."""
