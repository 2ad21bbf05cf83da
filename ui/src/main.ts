// Opens the window's page. The language comes first: what is imported after it may build formatters.
import "./locale";
import "./styles.css";
import { mount } from "svelte";

import App from "./App.svelte";
import { openBackend } from "./backend";

const target = document.getElementById("app");
if (target) {
  const backend = await openBackend();
  if (backend) mount(App, { target, props: { backend } });
  else
    target.textContent = "This page belongs to the window of Profile Desk and cannot be used in a browser.";
}
