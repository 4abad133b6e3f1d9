/** Everything in an account: kind and id → creation time or content, as inventory.py prints it. */
export type Inventory = Readonly<Record<string, string>>;

/**
 * What a revert lost: resources of the stack before the change that still existed when the change was stopped, and are
 * gone or new after the revert.
 */
export function lostIn(before: Inventory, stopped: Inventory, after: Inventory): string[] {
    return Object.keys(before).filter((thing) => stopped[thing] === before[thing] && after[thing] !== before[thing]);
}

/** Names only: an API, an event tracker, a version and an object version have an id of their own at each creation. */
const byName = (inventory: Inventory): string[] =>
    Object.keys(inventory)
        .filter((thing) => !/^(object version|table item|version) /.test(thing))
        .map((thing) => (/^(api|tracker) /.test(thing) ? thing.split(" ").slice(0, -1).join(" ") : thing))
        .sort();

/** What exists beside the resources of the stack before the change, each time it exists. */
export function leftoversIn(before: Inventory, after: Inventory): string[] {
    const wanted = byName(before);
    return byName(after).filter((thing) => {
        const index = wanted.indexOf(thing);
        if (index >= 0) wanted.splice(index, 1);
        return index < 0;
    });
}
