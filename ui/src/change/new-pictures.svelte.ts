// The pictures that profiles are to get: each by an address, or by a file that the shell keeps.
import type { Change, ChosenPicture } from "../backend";

export class NewPicture {
  url = $state("");
  file = $state.raw<ChosenPicture | null>(null);

  get named(): boolean {
    return this.file !== null || this.url.trim() !== "";
  }

  /** The address, unless a file stands in its place. */
  get address(): string | null {
    return this.file !== null || this.url.trim() === "" ? null : this.url.trim();
  }

  take(file: ChosenPicture | null): void {
    this.file = file;
    if (file) this.url = "";
  }

  clear(): void {
    this.url = "";
    this.file = null;
  }
}

export class NewPictures {
  readonly logo = new NewPicture();
  readonly banner = new NewPicture();

  get named(): boolean {
    return this.logo.named || this.banner.named;
  }

  clear(): void {
    this.logo.clear();
    this.banner.clear();
  }

  /** What gives them to a profile. One file serves as many as there are: the shell keeps what is in it. */
  of(profile: number): Change {
    const { logo, banner } = this;
    return {
      kind: "pictures",
      profile,
      logo_url: logo.address,
      banner_url: banner.address,
      logo_file: logo.file,
      banner_file: banner.file,
    };
  }
}
