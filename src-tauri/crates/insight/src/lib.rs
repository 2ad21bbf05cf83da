//! Pure arithmetic over usage: amounts from running totals.
