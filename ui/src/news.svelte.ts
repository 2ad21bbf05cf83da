// What changed in the store, told by topic, so that a screen reads again only what it shows.
import { createSubscriber } from "svelte/reactivity";

import type { StoreNews } from "./backend";

/** A sync writes many times a second; a screen need not follow each write. */
const READ_AGAIN_AFTER = 400;

/**
 * What can be followed: `list` is which profiles there are and what they are called, `fleet` that and whatever is
 * written of any of them or kept about them here, and a number is the one profile with this key.
 */
export type Topic = "accounts" | "list" | "fleet" | "activity" | "settings" | "groups" | "actions" | number;

/** Whether who follows a topic is to read again. */
export function concerns(topic: Topic, news: StoreNews): boolean {
  if (news.everything) return true;
  if (typeof topic === "number") return news.profiles.includes(topic);
  if (topic === "fleet") return news.list || news.groups || news.profiles.length > 0;
  return news[topic];
}

/** Both news in one. */
function together(one: StoreNews, other: StoreNews): StoreNews {
  return {
    everything: one.everything || other.everything,
    accounts: one.accounts || other.accounts,
    list: one.list || other.list,
    profiles: [...new Set([...one.profiles, ...other.profiles])],
    activity: one.activity || other.activity,
    settings: one.settings || other.settings,
    groups: one.groups || other.groups,
    actions: one.actions || other.actions,
  };
}

export class News {
  #gathered: StoreNews | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Only topics that somebody follows are in these. */
  readonly #subscribe = new Map<Topic, () => void>();
  readonly #tell = new Map<Topic, () => void>();

  /** `heard` is told all news, whoever follows what. */
  constructor(private readonly heard: (news: StoreNews) => void) {}

  /** An effect that calls this runs again when there is news of the topic. */
  follow(topic: Topic): void {
    let subscribe = this.#subscribe.get(topic);
    if (!subscribe) {
      subscribe = createSubscriber((tell) => {
        this.#tell.set(topic, tell);
        return () => {
          this.#tell.delete(topic);
          this.#subscribe.delete(topic);
        };
      });
      this.#subscribe.set(topic, subscribe);
    }
    subscribe();
  }

  /** Gathers what comes within a moment and then tells it at once. */
  add(news: StoreNews): void {
    this.#gathered = this.#gathered ? together(this.#gathered, news) : news;
    this.#timer ??= setTimeout(() => this.#tellAll(), READ_AGAIN_AFTER);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = null;
  }

  #tellAll(): void {
    const news = this.#gathered;
    this.stop();
    if (!news) return;
    this.heard(news);
    for (const [topic, tell] of this.#tell) if (concerns(topic, news)) tell();
  }
}
