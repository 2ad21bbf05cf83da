// What each test leaves behind is cleared: the address and what the window remembers outlive a page.
import { afterEach } from "vitest";

afterEach(() => {
  if (typeof location !== "undefined") location.hash = "";
  if (typeof localStorage !== "undefined") localStorage.clear();
});
