"""Planning of reviews: who could review what, which sessions there could be, looked at before anybody is told."""
