"""What happens to text: the model, the sampler, the infill canvas and the engine thread (no Qt)."""
