"""12345 (接诉即办): requests are cases of the procedure `hotline-request`; here is what is around them."""
