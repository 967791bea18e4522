"""What makes good again what a cancelled execution did: another state machine, told by a tag."""
