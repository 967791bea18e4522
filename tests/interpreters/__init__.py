"""What else runs Amazon States Language for tests, besides the emulator."""
