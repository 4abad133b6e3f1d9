/** All resources of an account: kind and id with creation time or content, as inventory.py prints them. */
export type Inventory = Readonly<Record<string, string>>;

/**
 * Returns the resources that a revert lost: they existed before the change and when the change was stopped, and are
 * deleted or recreated after the revert.
 */
export function lostIn(before: Inventory, stopped: Inventory, after: Inventory): string[] {
    return Object.keys(before).filter((thing) => stopped[thing] === before[thing] && after[thing] !== before[thing]);
}

/**
 * Returns names without ids: an API, an event tracker, a version and an object version have a new id at each creation.
 */
const byName = (inventory: Inventory): string[] =>
    Object.keys(inventory)
        .filter((thing) => !/^(object version|table item|version) /.test(thing))
        .map((thing) => (/^(api|tracker) /.test(thing) ? thing.split(" ").slice(0, -1).join(" ") : thing))
        .sort();

/** Returns resources that the stack did not have before the change, one entry for each. */
export function leftoversIn(before: Inventory, after: Inventory): string[] {
    const wanted = byName(before);
    return byName(after).filter((thing) => {
        const index = wanted.indexOf(thing);
        if (index >= 0) wanted.splice(index, 1);
        return index < 0;
    });
}
