// Gives the focus back to what had it when a dialog closes, unless it went elsewhere meanwhile.

/** Opens the dialog above the page; what is returned closes it, if it is not closed yet. */
export function openModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    // Above an open one nothing else takes the focus.
    dialog.close();
    const now = document.activeElement;
    const left = now === null || now === document.body || dialog.contains(now);
    if (!left) return;
    // What had it may have been in a small window that is closed by now.
    const there = before instanceof HTMLElement && before !== document.body && before.isConnected;
    const to = there ? before : document.querySelector<HTMLElement>("[data-first-focus]");
    to?.focus({ preventScroll: true });
  };
}
