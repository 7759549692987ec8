"""What an editor types into the form that uploads a file."""

TYPED = {"title": "Five Whys", "summary": "Ask why,  five times.", "tags": "safety, two words"}
