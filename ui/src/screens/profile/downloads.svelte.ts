// Backups that are downloaded. They outlive the page: a person may look at something else meanwhile, and come back.
import { SvelteMap } from "svelte/reactivity";

import { asProblem, type Backend, type DownloadEnd, type Problem, type Proof } from "../../backend";

export class Download {
  running = $state(false);
  cancelling = $state(false);
  bytes = $state(0);
  of = $state<number | null>(null);
  end = $state.raw<DownloadEnd | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(
    readonly backend: Backend,
    readonly profile: number,
    readonly backup: string,
    /** The file, as the shell says it. */
    readonly path: string,
  ) {}

  /** Begins or goes on; `onbegun` is told once TagoIO took the password. */
  async run(proof: Proof, onbegun: () => void): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.cancelling = false;
    this.problem = null;
    this.end = null;
    const following = this.backend.on("downloading", ({ backup, bytes, of }) => {
      if (backup !== this.backup) return;
      this.bytes = bytes;
      this.of = of;
      onbegun();
    });
    try {
      await following;
      this.end = await this.backend.downloadBackup(this.profile, this.backup, proof);
      this.bytes = this.end.bytes;
      this.of = this.end.of;
    } catch (reason) {
      this.problem = asProblem(reason);
    } finally {
      this.running = false;
      void following.then(
        (end) => end(),
        () => undefined,
      );
    }
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    try {
      await this.backend.cancelDownload(this.backup);
    } catch (reason) {
      this.cancelling = false;
      this.problem = asProblem(reason);
    }
  }
}

/** By the backup. */
export const downloads = new SvelteMap<string, Download>();
