"""Mail: forms that come in by it; outputs, replies and reminders that go out by it."""
