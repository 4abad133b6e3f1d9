import { setTimeout as sleep } from "node:timers/promises";

/** Calls `look` repeatedly until it returns a value, and returns that value. @throws Error with `what` after `seconds` */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 120): Promise<T> {
    for (const giveUp = Date.now() + seconds * 1000; Date.now() < giveUp; await sleep(200)) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
    }
    throw new Error(`not within ${seconds} s: ${what}`);
}
