//! A simulated TagoIO for the demo and the tests.
