/** The browser for the tests: an environment variable, then Playwright's own, then the system's. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** Path of a Chromium that can be started, or undefined. */
export function browserPath(): string | undefined {
  const named = process.env.MILLRACE_BROWSER;
  if (named) return named;
  const { chromium } = createRequire(import.meta.url)("@playwright/test") as typeof import("@playwright/test");
  return [chromium.executablePath(), ...SYSTEM].find((path) => path && existsSync(path));
}
