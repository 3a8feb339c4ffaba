"""How Mellomrom converses: understand a question, find, judge, compose and render the answer."""
