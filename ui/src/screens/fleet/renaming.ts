// New names made of old ones.
export interface Renaming {
  /** Each place of it is replaced; none if it is empty. */
  find: string;
  replace: string;
  prefix: string;
  suffix: string;
}

export const UNCHANGED: Renaming = { find: "", replace: "", prefix: "", suffix: "" };

/** Upper and lower case are told apart. */
export function renamed(name: string, { find, replace, prefix, suffix }: Renaming): string {
  return prefix + (find === "" ? name : name.split(find).join(replace)) + suffix;
}
