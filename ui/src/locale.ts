// The first module of the page: settles the language before anything builds a formatter with it.
//
// WebKitGTK reports the language `C` under LANG=C, which is no language tag: every formatter built with it
// throws, and the chart library builds one when it is imported.

/** What to format with if the desktop's own language cannot be used. */
const FALLBACK = "en-US";

/** The tag itself if formatters take it, else English. */
export function usableLocale(tag: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] === undefined || tag === undefined
      ? FALLBACK
      : (Intl.NumberFormat.supportedLocalesOf(tag)[0] ?? FALLBACK);
  } catch {
    return FALLBACK;
  }
}

/** The language that every formatter of the page uses. */
export const locale = usableLocale(navigator.language);

if (navigator.language !== locale) {
  Object.defineProperty(navigator, "language", { value: locale, configurable: true });
  Object.defineProperty(navigator, "languages", { value: [locale], configurable: true });
}
