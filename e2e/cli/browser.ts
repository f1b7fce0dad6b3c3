// A real browser for tests: a new profile, no network, and everything that a page complains of.
// Must not know what a page shows.
import { type Browser, chromium, type Page } from 'playwright-core';

/** Starts Chromium, or what RINGFENCE_CHROMIUM names. `make packages` installs it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.RINGFENCE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** A page that was opened from a file, and what went wrong in it since. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of scripts and of the console; violations of the content security policy are among these. */
  readonly complaints: readonly string[];
  /** Everything that it asked for but its own file. */
  readonly requests: readonly string[];
}

/** Opens a file without a network. */
export async function openFile(
  browser: Browser,
  path: string,
  options: { readonly hash?: string; readonly colorScheme?: 'light' | 'dark' } = {},
): Promise<OpenPage> {
  const { hash = '', colorScheme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme,
    offline: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(?:file:|data:)/.test(request.url())) requests.push(request.url());
  });
  await page.goto(`file://${path}${hash}`);
  return { page, complaints, requests };
}
