import { openBrowser } from "../../packages/local-aws/demo/browser.ts";
import { computeLatency } from "../api/figures.ts";

const repetitions = 5;

/** Medians of the waiting times of a visit, in milliseconds. */
export interface VisitTimes {
    /** Time from the start of loading until the first row shows films. The browser has cached the page's files. */
    readonly firstRowMs: number;
    /** Time from Watch to the changed list, as the page states it. */
    readonly changedListMs: number;
}

/** Measures how long a viewer waits for the first row of the page, and for a changed list after Watch. */
export async function measureVisit(url: string): Promise<VisitTimes> {
    const browser = await openBrowser();
    try {
        const page = await browser.newPage();
        const [shown, changed]: [number[], number[]] = [[], []];
        await page.goto(url);
        for (let turn = 0; turn < repetitions; turn++) {
            await page.waitForSelector("#picks [data-item]");
            await page.evaluate("sessionStorage.clear()");
            await page.reload();
            await page.waitForSelector("#picks [data-item]");
            shown.push(Number(await page.evaluate("performance.now()")));
            await page.locator(".hero .primary").click();
            const time =
                "/in ([\\d.]+) ms\\.$/.exec(document.querySelector('#picks .row-note')?.textContent ?? '')?.[1]";
            changed.push(Number(await (await page.waitForFunction(time)).jsonValue()));
        }
        return { firstRowMs: computeLatency(shown).p50, changedListMs: computeLatency(changed).p50 };
    } finally {
        await browser.close();
    }
}
