import type { EventsRequest } from "../api/names.ts";
import type { Context } from "./context.ts";
import type { Fault } from "./problem.ts";

/** Maximum length of an ID in bytes. Personalize accepts 256 characters (API reference, PutEvents). */
export const idBytes = 256;
/** Maximum number of seconds by which a viewer's clock may be ahead. */
const aheadSeconds = 60;
/** Maximum age of an event in seconds: an event describes what a viewer does now. */
const oldestSeconds = 24 * 3600;

/**
 * Returns the faults of events that the schema in the API description accepts. If the process has no fallback tables
 * yet, every item ID is accepted. `noun` names an item; `now` is in epoch milliseconds.
 */
export function eventFaults(
    { userId, events }: EventsRequest,
    { tables, noun }: Pick<Context, "tables" | "noun">,
    now: number,
): readonly Fault[] {
    const faults: Fault[] = [];
    const { film, filmCount } = tables();
    if (Buffer.byteLength(userId) > idBytes) {
        faults.push({ in: "body /userId", message: `must NOT have more than ${idBytes} bytes` });
    }
    for (const [at, { itemId, sentAt }] of events.entries()) {
        const place = `body /events/${at}`;
        if (filmCount > 0 && film(itemId) === undefined) {
            faults.push({
                in: `${place}/itemId`,
                message: `must be in the catalogue or the interactions: no ${noun} has this id`,
            });
        }
        if (sentAt === undefined) continue;
        if (sentAt > now / 1000 + aheadSeconds) {
            faults.push({ in: `${place}/sentAt`, message: "must not be in the future (epoch seconds)" });
        } else if (sentAt < now / 1000 - oldestSeconds) {
            faults.push({ in: `${place}/sentAt`, message: "must not be older than a day (epoch seconds)" });
        }
    }
    return faults;
}
