"""How what Mellomrom knows is found: passages, encoders, retrievers, fusion, explanation."""
