//! pdesk: the desk without a window.

fn main() {}
