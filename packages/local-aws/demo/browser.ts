import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import puppeteer from "puppeteer-core";

/** Usual names of a Chromium on the PATH. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Starts a browser without a window: the machine's Chromium or Chrome, or the one for Linux in the development
 * packages.
 * The caller closes it.
 *
 * @param more further switches of Chromium
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
    const own = installed();
    const flags = [
        "--no-sandbox",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        "--enable-font-subpixel-positioning",
        ...more,
    ];
    if (own !== undefined) return puppeteer.launch({ executablePath: own, args: flags, headless: true });
    const { packed, executablePath } = await unpack();
    // In a single process, it crashes at a second window outside of the first one's session.
    const several = packed.args.filter((flag) => flag !== "--single-process");
    return puppeteer.launch({
        args: [...several, ...flags],
        executablePath,
        headless: "shell",
        // It unpacks a font beside itself, so that pages look equal on every machine.
        env: { ...process.env, FONTCONFIG_PATH: join(tmpdir(), "fonts") },
    });
}

/** Unpacks the browser if one is needed: two processes that unpack at the same time break each other's file. */
export async function unpackBrowser(): Promise<void> {
    if (installed() === undefined) await unpack();
}

async function unpack() {
    const { default: packed } = await import("@sparticuz/chromium");
    // Without an emulated graphics card, everything is three times as fast.
    packed.setGraphicsMode = false;
    return { packed, executablePath: await packed.executablePath() };
}

const installed = () => names.map(onPath).find((path) => path !== undefined);

function onPath(name: string): string | undefined {
    try {
        return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
        return undefined;
    }
}
