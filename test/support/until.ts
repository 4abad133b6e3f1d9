import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `look` repeatedly until it returns a value other than undefined and false, and returns this value. @throws
 * Error with `what` after this number of seconds
 */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 120): Promise<T> {
    for (const giveUp = Date.now() + seconds * 1000; Date.now() < giveUp; await sleep(200)) {
        const result = await look();
        if (result !== undefined && result !== false) return result;
    }
    throw new Error(`did not happen within ${seconds} s: ${what}`);
}
