//! The built app, driven through its real window.
