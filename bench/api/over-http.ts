import type { Goal } from "../lib/goals.ts";
import { showLine, showTable } from "../lib/goals.ts";
import { httpCaller } from "./call.ts";
import { failedOf, layerHead, layerRows, seconds50and99, sourcesOf } from "./figures.ts";
import { namesOf, secondsToChange } from "./fresh.ts";
import { type LoadShape, load } from "./load.ts";

/**
 * Measures the API of an existing stack at `url`: the layers that answer, and the seconds until an event changes a
 * list.
 */
export async function overHttp(
    url: string,
    shape: LoadShape,
    options: { readonly callers: number; readonly apiKey?: string },
    say: (line: string) => void,
): Promise<Goal[]> {
    const callers = Array.from({ length: options.callers }, () => httpCaller(url.replace(/\/$/, ""), options.apiKey));
    say(`${shape.requests} requests at ${url}`);
    const timedCalls = await load(callers, shape);
    showTable(layerHead, layerRows(timedCalls));
    const lists = timedCalls.filter(({ kind }) => kind === "list");
    const calls = lists.filter(({ answer }) => answer.layer === "campaign").length;
    showLine(`lists come from: ${sourcesOf(timedCalls)}`);
    say("events");
    const seconds = await secondsToChange(callers, namesOf("", 20));
    showLine(`an event changes the list after ${seconds50and99(seconds)}`);
    return [
        { name: "api-calls-saved", figure: 100 * (1 - calls / lists.length), bound: ">=", limit: 80, unit: "%" },
        { name: "api-failed", figure: failedOf(timedCalls), bound: "=", limit: 0 },
        { name: "api-fresh-seconds", figure: Math.max(...seconds), bound: "<", limit: 1, unit: "s" },
    ];
}
