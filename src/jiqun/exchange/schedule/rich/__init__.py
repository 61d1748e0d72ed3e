"""Search for rich problems: calendars, transport, setups, lots, due dates, cost, frozen work; exact in every move."""
