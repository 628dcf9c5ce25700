"""What an audit shows: small cells hidden, shares with intervals, tables, text, pages."""
