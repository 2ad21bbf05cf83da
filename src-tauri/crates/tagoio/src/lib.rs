//! The TagoIO API, every call typed.
