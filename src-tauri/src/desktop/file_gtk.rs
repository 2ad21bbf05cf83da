//! The file dialogs on Linux: GTK's own, above our window; the desktop's portal where that is asked for.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use desk::Problem;
use futures::channel::oneshot;
use gtk::prelude::{FileChooserExt, NativeDialogExt};
use gtk::{FileChooserAction, FileChooserNative, FileFilter, ResponseType};
use tauri::{Runtime, WebviewWindow};

use super::{FileDialog, defect};

pub(super) async fn ask<R: Runtime>(
    window: WebviewWindow<R>,
    asked: FileDialog,
) -> Result<Option<PathBuf>, Problem> {
    let (answer, answered) = oneshot::channel();
    let parent = window.clone();
    window
        .run_on_main_thread(move || show(&parent, &asked, answer))
        .map_err(|error| defect(&format!("the dialog could not be opened ({error})")))?;
    // Dropped without an answer: the window was closed below it.
    Ok(answered.await.unwrap_or(None))
}

fn show<R: Runtime>(
    window: &WebviewWindow<R>,
    asked: &FileDialog,
    answer: oneshot::Sender<Option<PathBuf>>,
) {
    let parent = window.gtk_window().ok();
    let (title, action) = match &asked.name {
        Some(_) => ("Save as", FileChooserAction::Save),
        None => ("Open", FileChooserAction::Open),
    };
    let dialog = FileChooserNative::new(Some(title), parent.as_ref(), action, None, None);
    dialog.set_modal(true);
    if let Some(name) = &asked.name {
        dialog.set_do_overwrite_confirmation(true);
        dialog.set_current_name(name);
    }
    let filter = FileFilter::new();
    filter.set_name(Some(asked.kind));
    for extension in &asked.extensions {
        filter.add_pattern(&format!("*.{extension}"));
    }
    dialog.add_filter(filter);
    // It lives until it is answered: what it calls then is what holds it.
    let pending = Rc::new(RefCell::new(Some((dialog.clone(), answer))));
    dialog.connect_response(move |dialog, response| {
        let Some((held, answer)) = pending.borrow_mut().take() else {
            return;
        };
        let path = (response == ResponseType::Accept)
            .then(|| dialog.filename())
            .flatten();
        // Nobody waits for it: the program is about to end.
        drop(answer.send(path));
        held.destroy();
    });
    dialog.show();
}
