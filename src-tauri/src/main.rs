//! The desktop window's program.

fn main() {}
