//! What Tauri needs to know when it is compiled.

fn main() {
    println!("cargo::rerun-if-changed=page");
    tauri_build::build();
}
