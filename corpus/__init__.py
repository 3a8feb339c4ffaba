"""What Mellomrom knows: records, vocabulary, their store, and how they are curated."""
