// What each test leaves behind is cleared: the address is the one thing that outlives a page.
import { afterEach } from "vitest";

afterEach(() => {
  if (typeof location !== "undefined") location.hash = "";
});
