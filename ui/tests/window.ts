// Opens the window's page on a fake shell, at an address, as the tests need it.
import { render } from "@testing-library/svelte";
import userEvent, { type UserEvent } from "@testing-library/user-event";

import App from "../src/App.svelte";
import type { AccountRow, ProfileOverview, SyncState } from "../src/backend";
import { FakeBackend } from "../src/backend/fake/backend";
import { account, profile } from "../src/backend/fake/fleet";

export const NOW = new Date();

export interface Opened {
  backend: FakeBackend;
  user: UserEvent;
  /** Takes the page away, as the end of the window does. */
  close: () => void;
}

export interface Options {
  accounts?: AccountRow[];
  profiles?: ProfileOverview[];
  at?: string;
  prepare?: (backend: FakeBackend) => void;
}

export function open(options: Options = {}): Opened {
  const backend = new FakeBackend(
    options.accounts ?? [account(1, NOW), account(2, NOW)],
    options.profiles ?? Array.from({ length: 24 }, (_, place) => profile(place, NOW)),
  );
  options.prepare?.(backend);
  location.hash = options.at ?? "#/fleet";
  const { unmount } = render(App, { backend });
  return { backend, user: userEvent.setup(), close: unmount };
}

/** What a call was asked, newest last. */
export function asked(backend: FakeBackend, name: string): unknown[][] {
  return backend.calls.filter((call) => call.name === name).map(({ args }) => args);
}

/** A sync that is so far. */
export function running(
  done: number,
  of: Partial<Extract<SyncState, { state: "running" }>["progress"]> = {},
): SyncState {
  return {
    state: "running",
    progress: {
      profiles: 240,
      done,
      failed: 0,
      accounts: ["Acme"],
      started_at: NOW.toISOString(),
      cancelling: false,
      waiting_until: null,
      ...of,
    },
  };
}

/** One profile with another freshness, name or use. */
export function changed(place: number, row: Partial<ProfileOverview["row"]>): ProfileOverview {
  const made = profile(place, NOW);
  return { ...made, row: { ...made.row, ...row } };
}
