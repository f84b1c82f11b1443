"""What a person sees and touches. The only floor that knows a screen."""
