"""When on the audio each part of a summary is said, and what shows it."""
