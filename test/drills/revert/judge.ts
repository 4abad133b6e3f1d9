/**
 * All resources of an account, as inventory.py prints them: the key is kind and id, the value is the creation time or a
 * hash of the content.
 */
export type Inventory = Readonly<Record<string, string>>;

/**
 * Leaves out versions whose solution is being deleted, and is therefore not in the inventory: Personalize lists these
 * versions as ACTIVE until the solution is gone, but nothing can keep them.
 */
export const withoutLeaving = (inventory: Inventory): Inventory =>
    Object.fromEntries(
        Object.entries(inventory).filter(
            ([thing]) =>
                !thing.startsWith("version ") || thing.replace(/^version (.*)\/[^/]*$/, "solution $1") in inventory,
        ),
    );

/**
 * Returns the resources that a revert lost: they existed before the change and at its interruption, and were deleted or
 * recreated since then.
 */
export function findLost(before: Inventory, stopped: Inventory, after: Inventory): string[] {
    return Object.keys(before).filter((thing) => stopped[thing] === before[thing] && after[thing] !== before[thing]);
}

/**
 * Returns the resources of an inventory by name. Removes the ids of APIs and event trackers, which are new after each
 * creation, and omits versions and table items.
 */
const byName = (inventory: Inventory): string[] =>
    Object.keys(inventory)
        .filter((thing) => !/^(object version|table item|version) /.test(thing))
        .map((thing) => (/^(api|tracker) /.test(thing) ? thing.split(" ").slice(0, -1).join(" ") : thing))
        .sort();

/** Returns the names of resources that did not exist before the change, once for each resource. */
export function findLeftovers(before: Inventory, after: Inventory): string[] {
    const wanted = byName(before);
    return byName(after).filter((thing) => {
        const index = wanted.indexOf(thing);
        if (index >= 0) wanted.splice(index, 1);
        return index < 0;
    });
}
